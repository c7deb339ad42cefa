"""One file per carrier; all keep the `Carrier` protocol of `base.py`."""
