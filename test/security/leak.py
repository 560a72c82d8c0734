"""A build that prints every secret it can find, in every way in which programs print things: python3 leak.py <folder of the host> [fail]"""

import base64, glob, html, json, os, re, shlex, sys, time, unicodedata, urllib.parse

NAMES = ["APP_TOKEN", "SHOP_DATABASE", "DATABASE_URL", "MAIL_PASSWORD", "https_proxy", "CHECK_TOKEN"]
host = sys.argv[1]


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read(100_000).decode("utf-8", "replace")
    except OSError:
        return ""


found = [os.environ.get(name, "") for name in NAMES]
found += [read(os.path.expanduser(path)) for path in ("~/.npmrc", "~/.netrc", "~/token")]
# In a sandbox there is nothing to be found here.
for path in ("fraisier.key", "secret", "webhook-secrets", "environment", "fraises.yaml", "npmrc", "fraisier.db", "mirrors/*/config"):
    found += [read(each) for each in glob.glob(f"{host}/{path}")]
# What `env` prints, of every process that is to be seen; those of one command hardly differ.
found.append(max((read(each).replace("\0", "\n") for each in glob.glob("/proc/[0-9]*/environ")), key=len))
found = [text for text in dict.fromkeys(found) if text]


def forms(text):
    data = text.encode()
    basic = base64.b64encode(b"user:" + data)
    yield text
    yield base64.b64encode(data).decode()
    yield base64.b64encode(data).decode().rstrip("=")
    yield base64.urlsafe_b64encode(data).decode()
    yield base64.encodebytes(data).decode()
    yield "Authorization: Basic " + basic.decode()
    yield data.hex()
    yield data.hex().upper()
    yield urllib.parse.quote(text, safe="")
    yield re.sub("%..", lambda code: code.group().lower(), urllib.parse.quote(text, safe=""))
    yield urllib.parse.quote_plus(text)
    yield json.dumps(text)
    yield json.dumps(text, ensure_ascii=False)
    yield json.dumps(json.dumps(text))
    yield html.escape(text)
    yield shlex.quote(text)
    yield unicodedata.normalize("NFC", text)
    yield unicodedata.normalize("NFD", text)
    if text == os.environ.get("APP_TOKEN"):
        # Where lines are cut.
        yield "x" * 16_370 + text
        yield "x" * 65_530 + text


def show(stream):
    for text in found:
        for form in forms(text):
            # In two writes, so that it arrives in two pieces.
            half = len(form) // 2
            stream.write(form[:half])
            stream.flush()
            stream.write(form[half:] + "\n")
            stream.flush()


show(sys.stdout)
show(sys.stderr)
if os.environ.get("SPLIT_SLOWLY"):
    for text in found:
        sys.stdout.write(text[:7])
        sys.stdout.flush()
        time.sleep(0.1)
        sys.stdout.write(text[7:] + "\n")
with open("leaked", "w") as file:
    file.write("\n".join(form for text in found for form in forms(text) if len(form) < 16_000))
if "fail" in sys.argv[2:]:
    for text in found:
        print(f"error: cannot log in with {text}", file=sys.stderr)
    raise RuntimeError("; ".join(found))
