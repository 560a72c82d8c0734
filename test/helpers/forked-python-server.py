"""Runs Python programs in forks of a process that has imported the slow packages already. Arguments: the socket, then the modules to import."""

import importlib
import json
import os
import runpy
import signal
import socket
import sys

listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
for module in sys.argv[2:]:
    try:
        importlib.import_module(module)
    except Exception as problem:
        print(f"not imported: {module}: {problem}", file=sys.stderr)
listening.listen(64)
# What was imported must not stand between a program and its own modules.
sys.path_importer_cache.clear()
print("ready", flush=True)


def run(words):
    """The program of `python3 words`, as the main program of this process."""
    if words[0] == "-m":
        sys.path[0] = os.getcwd()
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = os.path.dirname(os.path.abspath(words[0]))
        sys.argv = words
        runpy.run_path(words[0], run_name="__main__")


def serve(connection):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    text, descriptors, _, _ = socket.recv_fds(connection, 1 << 20, 3)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            listening.close()
            for number, descriptor in enumerate(descriptors):
                os.dup2(descriptor, number)
            request = json.loads(text)
            os.environ.clear()
            os.environ.update(request["env"])
            os.chdir(request["cwd"])
            run(request["words"])
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
            if isinstance(end.code, str):
                print(end.code, file=sys.stderr)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    connection.sendall(bytes([os.waitstatus_to_exitcode(status) & 255]))


# Those that have ended are not waited for.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    connection, _ = listening.accept()
    # Each request in a process of its own, so that two programs can run at once.
    if os.fork() == 0:
        serve(connection)
        os._exit(0)
    connection.close()
