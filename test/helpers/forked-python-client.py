"""Has a program run by forked-python-server.py, and ends as it ends. Arguments: the socket, then the words of the program."""

import json
import os
import socket
import sys

connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
request = {"words": sys.argv[2:], "cwd": os.getcwd(), "env": dict(os.environ)}
socket.send_fds(connection, [json.dumps(request).encode()], [0, 1, 2])
sys.exit((connection.recv(1) or b"\x01")[0])
