"""What the print agent speaks: raw TCP 9100 and IPP to printers, HTTP to our server."""
