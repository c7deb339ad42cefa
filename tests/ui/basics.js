([least, leastLarge]) => {
  const faults = [];
  const seen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const all = (query) => [...document.querySelectorAll(query)].filter(seen);
  if (!document.documentElement.lang) faults.push('no lang');
  if (!document.title.trim()) faults.push('no title');
  if (all('main').length !== 1) faults.push(`${all('main').length} main`);
  if (!all('header').length) faults.push('no header');
  const levels = all('h1,h2,h3,h4,h5,h6').map((e) => Number(e.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) faults.push('not one h1: ' + levels);
  levels.forEach((level, at) => {
    if (at && level > levels[at - 1] + 1) faults.push(`h${levels[at - 1]} is followed by h${level}`);
  });
  all('nav').forEach((e, _, navs) => {
    if (navs.length > 1 && !e.ariaLabel && !e.getAttribute('aria-labelledby')) faults.push('nameless nav');
  });
  all('input:not([type=hidden]), select, textarea').forEach((e) => {
    if (!e.labels?.length && !e.ariaLabel && !e.getAttribute('aria-labelledby')) faults.push('nameless field ' + e.name);
  });
  all('a, button, summary').forEach((e) => {
    if (!e.innerText.trim() && !e.ariaLabel && !e.title && !e.querySelector('img[alt]')) faults.push('nameless ' + e.outerHTML.slice(0, 80));
  });
  all('img').forEach((e) => { if (!e.hasAttribute('alt')) faults.push('img without alt'); });
  all('svg').forEach((e) => {
    if (e.getAttribute('aria-hidden') !== 'true' && !(e.getAttribute('role') === 'img' && e.ariaLabel)) faults.push('nameless svg');
  });
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => faults.push('twice id ' + id));
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (front, back) => [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3])).concat(1);
  const behind = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const part = c[i] / 255;
    return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  }, 0);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const told = new Set();
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !seen(e) || e.closest('svg, script, style, noscript, .visually-hidden, [disabled]')) continue;
    const style = getComputedStyle(e);
    const back = behind(e);
    const [a, b] = [light(over(rgba(style.color), back)), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (isLarge ? leastLarge : least)) told.add(`contrast ${ratio.toFixed(2)}: ${walker.currentNode.textContent.trim().slice(0, 40)}`);
  }
  return [...faults, ...told];
}
