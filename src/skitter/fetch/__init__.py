"""A Request and its FetchOptions in, a Response out, over HTTP or from this machine; start with ``http.py``."""
