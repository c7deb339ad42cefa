"""Reading of uploaded order and product files: pure, streaming, no Django and no clock."""
