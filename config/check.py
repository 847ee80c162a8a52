"""`python -m config.check`: everything that can be wrong with a deployment, said at once.

The release phase of the Procfile runs it, so that a bad setting stops the release and not the web
process. Exit code 0: fit to run, though there may be warnings. 1: something must be mended.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.clock import utc_now
from app.domain.replies_lint import lint_replies
from app.recognition import LexiconError, load_lexicon
from app.runtime import build_runtime
from app.store.connection import StoreError, connect
from config.business import load_business
from config.business_check import judge_business
from config.findings import Finding, Level
from config.replies_loader import RepliesError, load_countries, load_replies
from config.settings import ROOT, Settings, SettingsError, load_settings

# BLMOVE, by which RQ does not lose the job of a worker that dies, is of 6.2.
OLDEST_REDIS = (6, 2)


def check(environ: Mapping[str, str]) -> list[Finding]:
    """Look at the environment, the files of config/, and Redis."""
    findings: list[Finding] = []
    settings: Settings | None = None
    try:
        settings = load_settings(environ)
    except SettingsError as error:
        findings += [Finding(Level.FAIL, "environment", one) for one in error.problems]
    else:
        findings += [Finding(Level.WARN, "environment", one) for one in settings.warnings]
    findings += [Finding(Level.FAIL, "files", one) for one in _list_file_problems(environ)]
    if settings and not any(one.level is Level.FAIL for one in findings):
        # Each part is sound; now together, with the words of the business among the others.
        findings += [Finding(Level.FAIL, "files", one) for one in _list_whole_problems(settings)]
        findings += judge_business(load_business(settings.business_file), utc_now())
    if settings:
        findings += check_redis(settings)
    return findings


def check_redis(settings: Settings) -> list[Finding]:
    """Look at the Redis that the settings name."""
    try:
        with connect(settings.redis_url.reveal(), tls_verify=settings.redis_tls_verify) as client:
            return list(judge_server(client.info()))
    except (StoreError, ValueError, OSError) as error:
        # The type alone: the message of a refused login may hold the user.
        return [
            Finding(
                Level.FAIL,
                "redis",
                f"does not answer ({type(error).__name__})",
                "see REDIS_URL, and whether the server runs and lets this machine in; a "
                "certificate that it signed itself needs REDIS_TLS_VERIFY=no",
            )
        ]


def judge_server(info: Mapping[str, Any]) -> Iterator[Finding]:
    """Say what the INFO of a Redis means for preferences, which nobody may lose."""
    version = str(info.get("redis_version", "0"))
    name = f"Valkey {info['valkey_version']}" if "valkey_version" in info else f"Redis {version}"
    if _numbers_of(version) < OLDEST_REDIS:
        yield Finding(
            Level.WARN,
            "redis version",
            f"{name} is older than 6.2",
            "RQ loses jobs of workers that die on it; upgrade to Redis 6.2 or Valkey",
        )
    else:
        yield Finding(Level.OK, "redis version", name)
    policy = str(info.get("maxmemory_policy", "unknown"))
    if policy == "noeviction":
        yield Finding(Level.OK, "redis eviction", policy)
    else:
        yield Finding(
            Level.FAIL if policy.startswith("allkeys") else Level.WARN,
            "redis eviction",
            f"maxmemory-policy is {policy}: a full Redis DELETES opt-outs",
            "set maxmemory-policy to noeviction (Heroku: heroku redis:maxmemory --policy "
            "noeviction)",
        )
    if str(info.get("aof_enabled")) == "1":
        yield Finding(Level.OK, "redis persistence", "append-only is on")
    else:
        yield Finding(
            Level.WARN,
            "redis persistence",
            "append-only is off: a crash of Redis LOSES the latest opt-outs",
            "set appendonly yes and appendfsync everysec, or take a plan that keeps data",
        )


def main(environ: Mapping[str, str]) -> int:
    """Print every finding that is not well; returns the exit code."""
    findings = check(environ)
    # What is wrong with the server is wrong with the running release too: it is said loudly, but
    # to refuse the release would not make it better.
    must_stop = [one for one in findings if one.level is Level.FAIL and not _is_judgement(one)]
    for finding in findings:
        if finding.level is not Level.OK:
            sys.stderr.write(f"{finding}\n")
    if must_stop:
        sys.stderr.write(f"Heed cannot run like this: {len(must_stop)} problem(s), see above.\n")
        return 1
    sys.stdout.write("Settings, files and Redis are fit to run.\n")
    return 0


def _is_judgement(finding: Finding) -> bool:
    return finding.subject.startswith("redis ")


def _list_file_problems(environ: Mapping[str, str]) -> Iterator[str]:
    path = Path(environ.get("BUSINESS_FILE", "").strip() or ROOT / "config" / "business.toml")
    try:
        # A path that names nothing is a problem of the environment, and said there.
        business = load_business(path) if path.is_file() else None
    except SettingsError as error:
        business = None
        yield from error.problems
    try:
        lexicon = load_lexicon(ROOT / "config" / "lexicon")
    except LexiconError as error:
        yield f"lexicon: {error}"
    else:
        for language in sorted(set(business.words if business else ()) - set(lexicon.languages)):
            yield f"{path.name}: words.{language}: no such language in config/lexicon"
    try:
        load_countries(ROOT / "config" / "countries.toml")
        replies = load_replies(ROOT / "config" / "replies")
    except RepliesError as error:
        yield f"replies: {error}"
        return
    if business:
        replies = replies.with_overrides(business.replies)
    for problem in lint_replies(replies):
        yield f"replies: {problem}"


def _list_whole_problems(settings: Settings) -> list[str]:
    try:
        build_runtime(settings)
    except SettingsError as error:
        return error.problems
    except (LexiconError, RepliesError, ValueError) as error:
        return [f"{settings.business_file.name}: {error}"]
    return []


def _numbers_of(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


if __name__ == "__main__":
    sys.exit(main(os.environ))
