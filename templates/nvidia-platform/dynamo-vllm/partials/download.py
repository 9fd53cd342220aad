"""Fetches one model from the Hugging Face Hub into a folder of a volume, once for all pods that serve it.

Uses only the Python and the huggingface_hub (0.3x to 1.x) of the runtime image. Prints one JSON object a line.
MODEL_ID, MODEL_DIR   what to fetch, into which folder      MODEL_REVISION     branch, tag or commit (main)
PROGRESS_SECONDS      between two lines of progress (5)     DOWNLOAD_ATTEMPTS  in a row without a new file (8)
RETRY_SECONDS         first pause, doubled to 60 (2)        FREE_SPACE_MARGIN  bytes to leave free (1 GiB)
HF_TOKEN, HF_ENDPOINT, HF_HOME, HTTPS_PROXY and the like are read by the Hub's library itself.
In MODEL_DIR/.dynamo-installer lie complete.json, written last (no such file, no complete model), unfinished.json
while a download is at work or was broken off, and the lock of the one at work. Exit codes: see FAILURES.
"""
import collections, email.utils, errno, fcntl, fnmatch, importlib.util, itertools, json, logging, os, random, re
import shutil, signal, threading, time, traceback, urllib.request
from datetime import datetime, timezone
from pathlib import Path

MODEL, FOLDER = os.environ["MODEL_ID"], Path(os.environ["MODEL_DIR"])
REVISION = os.environ.get("MODEL_REVISION") or "main"
HUB = (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")
PROGRESS_SECONDS = float(os.environ.get("PROGRESS_SECONDS") or 5)
ATTEMPTS = int(os.environ.get("DOWNLOAD_ATTEMPTS") or 8)
RETRY_SECONDS = float(os.environ.get("RETRY_SECONDS") or 2)
MARGIN = int(os.environ.get("FREE_SPACE_MARGIN") or 2**30)
STATE = FOLDER / ".dynamo-installer"
COMPLETE, UNFINISHED = STATE / "complete.json", STATE / "unfinished.json"
PARTIAL = FOLDER / ".cache" / "huggingface" / "download"  # the library's own: partial files, notes on whole ones
FAILURES = {  # class: exit code, what to do
    "token-invalid": (10, f"Make a token with read permission at {HUB}/settings/tokens and store it in the Secret."),
    "gated": (11, f"Accept the licence or ask for access at {HUB}/{MODEL}, and store a token of that account."),
    "not-found": (12, "Check the spelling of the model id; a private model needs a token that may read it."),
    "revision-not-found": (13, f"Take a branch, tag or commit of {HUB}/{MODEL}."),
    "rate-limited": (14, "Wait and run it again; with a token the Hub allows more."),
    "disk-full": (15, "Expand the claim, delete a model that nobody uses from it, or use another claim."),
    "dns": (16, "Check the cluster's DNS and its way out, or set HF_ENDPOINT to a mirror."),
    "proxy": (17, "Check HTTPS_PROXY and NO_PROXY of this Job, and what the proxy allows."),
    "unreachable": (18, "Check the way from this namespace to the Hub and its file servers, and HF_HUB_OFFLINE."),
    "not-writable": (19, "Mount the claim writable, with fsGroup set to the group of this container's user."),
    "unknown": (20, "Run it again; if it comes back, report it with this line."),
    "interrupted": (143, "Run it again: the files that are here already are not fetched twice."),
}
PASSING = ("rate-limited", "dns", "proxy", "unreachable")  # worth another try
NO_WAY = r"ProxyError|ConnectError|ConnectTimeout|NewConnection|NameResolution"
SIGNS = {  # class: how it shows in the text of an exception and of those that caused it
    "disk-full": r"No space left on device|Disk quota exceeded|os error (28|122)\b",
    "not-writable": r"\[Errno (1|13|30)\] [\w -]+: '",  # refused, with the path of a file
    "proxy": r"ProxyError",
    "dns": r"NameResolution|gaierror|[Nn]ame or service not known|name resolution|No address associated|dns error",
    "unreachable": r"Timeout|Connect|Protocol|Network|Chunked|Incomplete|SSL|ReadError|OfflineMode|LocalEntryNotFound"
                   r"|FileMetadata|Consistency check failed|Data processing error|[Rr]eqwest",
    "not-found": r"HFValidationError",
}
OTHER_FORMATS = ["*.pth", "*.gguf", "*.h5", "*.msgpack", "*.onnx", "*.onnx_data", "*.ot"]
TOKENIZERS = ["tokenizer.json", "tokenizer.model", "tekken.json", "vocab.json", "tiktoken.model"]

class Failure(Exception):
    def __init__(self, kind, message, wait=0, **numbers):
        super().__init__(message)
        self.kind, self.wait, self.numbers = kind, wait, numbers  # wait: seconds that the Hub asks for

def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")

def say(event, **fields):
    line = json.dumps({"at": now(), "event": event, "model": MODEL, **fields})
    token = re.escape(os.environ.get("HF_TOKEN", "").strip())
    for secret in filter(None, [token, r"hf_\w{20,}", r"(?<=//)[^/@\s]+(?=@)"]):
        line = re.sub(secret, "***", line)
    os.write(1, (line + "\n").encode())  # one call a line, so that threads and signals do not mix them

def load(path):
    try:
        value = json.loads(path.read_text())
        return value if isinstance(value, dict) else {}
    except (OSError, ValueError):
        return {}

def store(path, value):
    fresh = path.with_suffix(".new")
    with open(fresh, "w") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)

def size_of(name):
    try:
        return (FOLDER / name).stat().st_size
    except OSError:
        return -1

# --- the completion marker ---

def read_marker():
    marker = load(COMPLETE)
    ours = marker.get("version") == 1 and marker.get("model") == MODEL
    return marker if ours and all(size_of(name) == size for name, size in marker["files"].items()) else {}

def write_marker(commit, names):
    files = {name: size_of(name) for name in sorted(names)}
    for name in files:  # on the disk before the marker is: it must not outlive them when the node crashes
        with open(FOLDER / name, "rb") as file:
            os.fsync(file.fileno())
    total = sum(files.values())
    store(COMPLETE, {"version": 1, "model": MODEL, "revisions": [REVISION], "commit": commit, "bytes": total,
                     "at": now(), "files": files})
    UNFINISHED.unlink(missing_ok=True)
    say("complete", commit=commit, bytes=total)

def is_wanted(marker):
    return REVISION in marker.get("revisions", []) or REVISION == marker.get("commit")

def skip(marker, reason):
    if not is_wanted(marker):  # another name of the commit that is here
        store(COMPLETE, {**marker, "revisions": marker["revisions"] + [REVISION]})
    say("skip", commit=marker["commit"], bytes=marker["bytes"], reason=reason)

# --- a folder that somebody else has filled ---

def can_be_adopted():
    untouched = not COMPLETE.exists() and not UNFINISHED.exists() and not any(PARTIAL.rglob("*.incomplete"))
    described = size_of("config.json") > 0 and any(size_of(name) > 0 for name in TOKENIZERS)
    index = load(FOLDER / "model.safetensors.index.json") or {"weight_map": {"": "model.safetensors"}, "metadata": {}}
    sizes = [size_of(name) for name in set(index["weight_map"].values())]
    return untouched and described and min(sizes) > 0 and sum(sizes) >= index["metadata"].get("total_size", 0)

def adopt_unchecked(failure):
    paths = [path.relative_to(FOLDER) for path in FOLDER.rglob("*") if path.is_file()]
    names = [str(path) for path in paths if path.parts[0] not in (".cache", STATE.name)]
    say("adopt", commit=None, files=len(names), message=f"The files here are taken as they are, unchecked: {failure}")
    write_marker(None, names)

# --- what went wrong ---

def causes_of(error):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__

def response_in(error):
    found = (getattr(cause, "response", None) for cause in causes_of(error))
    return next((response for response in found if response is not None), None)  # some refusals are falsy

def explain(error):
    text = " ".join(" ".join(f"{type(cause).__name__}: {cause}" for cause in causes_of(error)).split())
    kind = next((kind for kind, sign in SIGNS.items() if re.search(sign, text)), "unknown")
    if isinstance(error, Failure):
        return error
    if response_in(error) is not None and kind != "disk-full":
        return refused(response_in(error))
    scheme, host = re.match(r"(\w+)://(?:[^/@]*@)?([^/:]*)", HUB).groups()
    proxied = scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(host)
    return Failure("proxy" if proxied and re.search(NO_WAY, text) else kind, text[:500])

def refused(response):
    status, headers = response.status_code, response.headers
    code, said = headers.get("X-Error-Code", ""), headers.get("X-Error-Message", "")
    if status in (401, 403):
        return forbidden(status, code, said)
    if status == 429:
        return Failure("rate-limited", "The Hub answers 429: too many requests.", asked_pause(headers))
    if code == "RevisionNotFound":
        return Failure("revision-not-found", f"The model {MODEL} has no revision {REVISION}.")
    if status == 404:
        return Failure("not-found", f"There is no model {MODEL} at {HUB}.")
    kind = "unreachable" if status >= 500 or status == 408 else "proxy" if status == 407 else "unknown"
    return Failure(kind, f"{HUB} answers {status} {said}".strip(), asked_pause(headers))

def forbidden(status, code, said):
    from huggingface_hub import get_token
    if status == 401 and get_token() and token_is_unknown():
        return Failure("token-invalid", "The Hub does not know the token in HF_TOKEN (401).")
    if code == "GatedRepo" and not get_token():
        return Failure("gated", f"The model {MODEL} is gated and no token was given ({status}).")
    if code == "GatedRepo":
        return Failure("gated", f"The token's account has no access to the gated model {MODEL} ({status}). {said}")
    if status == 401:
        return Failure("not-found", f"There is no model {MODEL}, or it is private (401).")
    return Failure("unknown", f"Access to {MODEL} was refused (403), by the Hub or on the way to it. {said}")

def token_is_unknown():
    from huggingface_hub import HfApi
    try:
        HfApi().whoami()
        return False
    except Exception as error:
        return getattr(response_in(error), "status_code", None) == 401

def asked_pause(headers):
    value, window = headers.get("Retry-After") or "", re.search(r"\bt=(\d+)", headers.get("RateLimit") or "")
    if value.isdigit() or (window and not value):
        return min(3600, int(value or window[1]))
    try:
        until = email.utils.parsedate_to_datetime(value) - datetime.now(timezone.utc)
        return min(3600, max(0, until.total_seconds()))
    except (TypeError, ValueError):
        return 0

def persist(step, attempts, arrived=lambda: 0):
    attempt, before = 0, arrived()
    while True:
        try:
            return step()
        except Exception as error:
            failure = explain(error)
        attempt, before = (1 if arrived() > before else attempt + 1), max(before, arrived())
        if failure.kind not in PASSING or attempt >= attempts:
            raise failure
        seconds = failure.wait + min(60, RETRY_SECONDS * 2 ** (attempt - 1)) * random.uniform(0.5, 1)
        say("retry", attempt=attempt, seconds=round(seconds, 1), reason=failure.kind, message=str(failure))
        time.sleep(seconds)

# --- the download ---

def resolve():
    from huggingface_hub import HfApi
    info = HfApi().model_info(MODEL, revision=REVISION, timeout=30, files_metadata=True)
    ignored = patterns_to_ignore([file.rfilename for file in info.siblings if "/" not in file.rfilename])
    files = {file.rfilename: file.size for file in info.siblings if not any_match([file.rfilename], ignored)}
    if not files:
        raise Failure("not-found", f"The Hub lists no files of {MODEL} at {REVISION}.")
    say("resolve", revision=REVISION, commit=info.sha, files=len(files), totalBytes=total_of(files))
    return info.sha, files, ignored

def any_match(names, patterns):
    return any(fnmatch.fnmatchcase(name, pattern) for name in names for pattern in patterns)

def patterns_to_ignore(root_names):  # the same weights once more, in another layout or format
    layouts = ["original/*", "metal/*"]
    if any_match([name for name in root_names if not name.startswith("consolidated")], ["*.safetensors"]):
        layouts.append("consolidated*")
    if any_match(root_names, ["*.safetensors"]):
        return layouts + ["*.bin"] + OTHER_FORMATS
    return layouts + (OTHER_FORMATS if any_match(root_names, ["*.bin"]) else [])

def total_of(files):
    return sum(size or 0 for size in files.values())  # a mirror may not tell sizes: None

def is_here(name, size, commit):
    try:
        noted = (PARTIAL / f"{name}.metadata").read_text().split()[0]
    except (OSError, IndexError):
        noted = commit
    return noted == commit and size_of(name) >= 0 and size in (None, size_of(name))

def bytes_here(commit, files):
    return sum(size_of(name) for name, size in files.items() if is_here(name, size, commit))

def partial_bytes():
    return sum(max(0, size_of(path)) for path in PARTIAL.rglob("*.incomplete"))

def watch(commit, files, stopped):
    total, done, samples, ending = total_of(files), 0, collections.deque(maxlen=12), False
    while True:
        done = max(done, min(total, bytes_here(commit, files) + partial_bytes()))
        samples.append((time.monotonic(), done))
        (start, first), (end, last) = samples[0], samples[-1]
        rate = (last - first) / (end - start) if end > start else 0
        say("progress", commit=commit, doneBytes=done, totalBytes=total, bytesPerSecond=round(rate),
            secondsLeft=round((total - done) / rate) if rate else 0 if done == total else None)
        if ending:
            return
        ending = stopped.wait(PROGRESS_SECONDS)

def check_space(commit, files, stale):
    usage = shutil.disk_usage(FOLDER)
    missing = total_of(files) - bytes_here(commit, files) - partial_bytes()
    replaced = [name for name, size in files.items() if not is_here(name, size, commit)]
    need = round(missing * 1.02) + MARGIN - sum(max(0, size_of(name)) for name in replaced + stale)
    if missing > 0 and usage.total and need > usage.free:
        sums = f"{need} bytes ({need / 2**30:.1f} GiB) needed, {usage.free} ({usage.free / 2**30:.1f} GiB) free"
        raise Failure("disk-full", f"Not enough room in {FOLDER}: {sums}.", needBytes=need, freeBytes=usage.free)

def sweep():  # newer libraries name each partial file anew and never resume one that a killed run has left
    for path in PARTIAL.rglob("*.incomplete"):
        if re.search(r"\.[0-9a-f]{8}\.incomplete$", path.name):
            path.unlink(missing_ok=True)

def fetch(commit, files, ignored):
    from huggingface_hub import HfApi, snapshot_download
    for name, size in files.items():  # the library trusts a file that it has noted, whatever its size
        if size is not None and size_of(name) not in (-1, size):
            (FOLDER / name).unlink()
    snapshot_download(MODEL, revision=commit, local_dir=str(FOLDER), ignore_patterns=ignored)
    missing = [name for name, size in files.items() if not is_here(name, size, commit)]
    if missing:  # when it was refused the library is content with what is there; asking once more tells why
        HfApi().model_info(MODEL, revision=commit, timeout=30)
        raise Failure("unreachable", f"{len(missing)} files did not arrive, such as {missing[0]}.")

def download(commit, files, ignored, alone):
    marker = load(COMPLETE)
    known = load(UNFINISHED).get("files", []) + (list(marker["files"]) if marker.get("commit") else [])
    stale = sorted(set(known) - set(files))
    if alone:
        sweep()
    check_space(commit, files, stale)
    store(UNFINISHED, {"commit": commit, "files": sorted(set(known) | set(files))})
    COMPLETE.unlink(missing_ok=True)  # from here on nobody takes the folder for complete
    for name in stale:
        (FOLDER / name).unlink(missing_ok=True)
    say("start", commit=commit, files=len(files), totalBytes=total_of(files), ignored=ignored)
    stopped = threading.Event()
    watcher = threading.Thread(target=watch, args=(commit, files, stopped), daemon=True)
    watcher.start()
    try:
        persist(lambda: fetch(commit, files, ignored), ATTEMPTS, lambda: bytes_here(commit, files))
    finally:
        stopped.set()
        watcher.join()
    write_marker(commit, files)

# --- one run ---

def run(alone):
    marker, adoptable = read_marker(), can_be_adopted()
    content = is_wanted(marker) or adoptable
    try:
        commit, files, ignored = persist(resolve, min(2, ATTEMPTS) if content else ATTEMPTS)
    except Failure as failure:
        if not content or failure.kind not in PASSING:
            raise
        return adopt_unchecked(failure) if adoptable else skip(marker, f"It was complete; the Hub is silent: {failure}")
    if marker.get("commit") == commit:
        return skip(marker, "It is complete.")
    if adoptable:
        say("adopt", commit=commit, files=len(files), message="The files here are checked; what differs is fetched.")
    download(commit, files, ignored, alone)

def take_lock(handle):
    for waited in itertools.count():
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                say("note", message=f"The volume knows no locks ({error}); take care that only one download runs.")
                return False
        if waited % 30 == 0:
            say("waiting", seconds=waited, reason="Another download into this folder is at work.")
        time.sleep(1)

class Notes(logging.Handler):  # what the library would print on stderr, as events
    def emit(self, record):
        say("note", message=" ".join(record.getMessage().split())[:500])

def prepare_library():
    os.environ.update(HF_HUB_DISABLE_PROGRESS_BARS="1", HF_HUB_DISABLE_TELEMETRY="1")
    if importlib.util.find_spec("hf_transfer") is None:
        os.environ.pop("HF_HUB_ENABLE_HF_TRANSFER", None)  # older libraries refuse to work when it is set in vain
    logging.captureWarnings(True)
    logging.getLogger().handlers = [Notes()]
    import huggingface_hub, huggingface_hub.utils
    huggingface_hub.utils.logging.get_logger("huggingface_hub").handlers = []
    huggingface_hub.utils.logging.enable_propagation()

def report(failure, **detail):
    code, hint = FAILURES[failure.kind]
    say("error", **{"class": failure.kind}, message=str(failure).strip(), hint=hint, **failure.numbers, **detail)
    os._exit(code)  # at once: threads of the library may still hold on to a slow connection

def interrupted(number, _frame):
    report(Failure("interrupted", f"The download was stopped from outside (signal {number})."))

def main():
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, interrupted)
    pinned = read_marker()
    if pinned.get("commit") == REVISION:
        return skip(pinned, "It is complete.")
    prepare_library()
    STATE.mkdir(parents=True, exist_ok=True)
    with open(STATE / "lock", "w") as handle:
        run(take_lock(handle))

try:
    main()
except Exception as problem:
    why = explain(problem)
    report(why, **({"detail": traceback.format_exc()[-2000:]} if why.kind == "unknown" else {}))
