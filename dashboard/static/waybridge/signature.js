/* A signature is drawn with finger, pen or mouse and kept as strokes: lists of [x, y] in a field of
   1000 × 400, as JSON in the form's hidden field. Nothing is sent before the form is. */
(() => {
  "use strict";
  const pad = document.getElementById("pad");
  if (!pad) return;
  const kept = document.getElementById("signature");
  const pen = pad.getContext("2d");
  let strokes = [];
  let stroke = null;
  const ready = () => {
    pen.lineWidth = 8;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(pad).color;
  };
  const point = (event) => {
    const box = pad.getBoundingClientRect();
    const part = (value, start, size, whole) => Math.round(Math.min(Math.max((value - start) / size, 0), 1) * whole);
    return [part(event.clientX, box.left, box.width, 1000), part(event.clientY, box.top, box.height, 400)];
  };
  const keep = () => { kept.value = strokes.length ? JSON.stringify(strokes) : ""; };
  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    ready();
    stroke = [point(event)];
    strokes.push(stroke);
  });
  pad.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    const [x, y] = point(event);
    const [lastX, lastY] = stroke[stroke.length - 1];
    if (Math.abs(x - lastX) + Math.abs(y - lastY) < 4) return;
    stroke.push([x, y]);
    pen.beginPath();
    pen.moveTo(lastX, lastY);
    pen.lineTo(x, y);
    pen.stroke();
    keep();
  });
  for (const name of ["pointerup", "pointercancel"]) pad.addEventListener(name, () => { stroke = null; keep(); });
  document.getElementById("pad-clear").addEventListener("click", () => {
    strokes = [];
    pen.clearRect(0, 0, pad.width, pad.height);
    keep();
  });
})();
