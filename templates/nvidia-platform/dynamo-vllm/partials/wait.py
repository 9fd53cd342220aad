"""Waits until a model is complete in its folder: the init container of every pod that serves it. Asks no network.

MODEL_DIR, MODEL_ID, MODEL_REVISION (main): the model to wait for, as the download Job knows it; INTERVAL: seconds
between two looks (2). Prints one JSON object at once and every 30 seconds, and "complete" at the end.
"""
import json, os, signal, sys, time
from datetime import datetime, timezone
from pathlib import Path

MODEL, FOLDER = os.environ["MODEL_ID"], Path(os.environ["MODEL_DIR"])
REVISION = os.environ.get("MODEL_REVISION") or "main"
INTERVAL = float(os.environ.get("INTERVAL") or 2)

def say(event, **fields):
    at = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    print(json.dumps({"at": at, "event": event, "model": MODEL, "revision": REVISION, **fields}), flush=True)

def has_size(name, size):
    try:
        return (FOLDER / name).stat().st_size == size
    except OSError:
        return False

def what_is_missing():
    try:
        marker = json.loads((FOLDER / ".dynamo-installer" / "complete.json").read_text())
        if marker["version"] != 1 or marker["model"] != MODEL:
            return f"{FOLDER} holds another model."
        if REVISION not in marker["revisions"] and REVISION != marker["commit"]:
            return f"{FOLDER} holds another revision, {marker['revisions'][0]}."
        gone = [name for name, size in marker["files"].items() if not has_size(name, size)]
        return f"{len(gone)} files are missing or cut, such as {gone[0]}." if gone else None
    except PermissionError as error:
        return f"{FOLDER} cannot be read: {error}"
    except (OSError, ValueError, LookupError, TypeError):
        return "The download has not completed yet."

def main():
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(143))  # the first process of a pod has no default
    started, told = time.monotonic(), None
    while (missing := what_is_missing()) is not None:
        seconds = round(time.monotonic() - started)
        if told is None or seconds - told >= 30:
            say("waiting", seconds=seconds, reason=missing)
            told = seconds
        time.sleep(INTERVAL)
    say("complete", seconds=round(time.monotonic() - started))

main()
