"""The public log as plain files that a web server or a CDN can serve alone."""
