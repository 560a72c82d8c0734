"""What a hostile build would do: looks for every sentinel it can reach, by each way that a program has, and says which ones it found."""

import glob, os, socket, subprocess, sys

# Not in one piece, so that this file is no sentinel itself.
MARK = b"SENT" + b"INEL-"
found = {}
looked = 0


def look(data, where):
    global looked
    looked += 1
    at = data.find(MARK)
    while at >= 0:
        found.setdefault(data[at + len(MARK) : at + len(MARK) + 2].decode(), where)
        at = data.find(MARK, at + 1)


def read(path):
    try:
        with open(path, "rb") as file:
            look(file.read(1 << 22), path)
    except OSError:
        pass


def ask(path, words=b"GET / HTTP/1.0\r\n\r\n"):
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            client.connect(path)
            client.sendall(words)
            look(client.recv(65536), path)
    except OSError:
        pass


def run(*argv):
    try:
        look(subprocess.run(argv, capture_output=True, timeout=20, stdin=subprocess.DEVNULL).stdout, " ".join(argv))
    except (OSError, subprocess.TimeoutExpired):
        pass


for pid in glob.glob("/proc/[0-9]*"):
    for name in ("environ", "cmdline", "cgroup", "mountinfo"):
        read(f"{pid}/{name}")
    for way in ("root", "cwd"):
        for part in ("etc/fraisier", "var/lib/fraisier", "run/credentials", ""):
            for path in glob.glob(f"{pid}/{way}/{part}/*") if part else []:
                read(path)
for folder, folders, names in os.walk("/"):
    # Programs are no secret, and the kernel's files are looked at by name.
    folders[:] = [each for each in folders if os.path.join(folder, each) not in ("/usr", "/proc", "/sys", "/dev/pts")]
    for name in names:
        path = os.path.join(folder, name)
        look(path.encode(errors="replace"), "a name")
        try:
            mode = os.lstat(path).st_mode
        except OSError:
            continue
        if (mode & 0o170000) == 0o140000:
            ask(path)
        elif (mode & 0o170000) == 0o100000:
            read(path)
for path in ("/run/docker.sock", "/var/run/docker.sock", "/run/postgresql/.s.PGSQL.5432", "/run/user/0/bus", "/run/dbus/system_bus_socket"):
    ask(path)
credentials = os.environ.get("CREDENTIALS_DIRECTORY", "")
for path in glob.glob(f"{credentials}/*") if credentials else []:
    read(path)
run("systemctl", "show", "--property=Description", "other.service")
run("systemctl", "cat", "other.service")
run("busctl", "get-property", "org.freedesktop.systemd1", "/org/freedesktop/systemd1/unit/other_2eservice", "org.freedesktop.systemd1.Unit", "Description")
run("journalctl", "--no-pager", "--unit=other.service")
run("ipcs", "-a")
run("sudo", "-n", "cat", "/root/.ssh/id_ed25519")
run("fraisier", "config", "show")
run("fraisier", "logs")

stopped = subprocess.run(["systemctl", "stop", "other.service"], capture_output=True, stdin=subprocess.DEVNULL).returncode if os.path.exists("/usr/bin/systemctl") else -1
try:
    wrote = subprocess.run(["git", "config", "core.fsmonitor", "touch /var/tmp/ran-outside"], capture_output=True).returncode
except OSError:
    wrote = -1
print(f"looked at {looked} things; stop: {'done' if stopped == 0 else 'refused'}; git: {'written' if wrote == 0 else 'refused'}")
for number, where in sorted(found.items()):
    print(f"found {number} in {where.replace('SENT' + 'INEL', '…')}")
print(f"found {len(found)} in all")
sys.stdout.flush()
