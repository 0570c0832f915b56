"""Reads every event of one tenant from its durable consumer, in order, and proves it.

For each event: the position rises, `ce-prevsequence` names the event read before it (so nothing of
this tenant is missing), and the content hash fits the bytes. Needs nats-py and nothing but the
tenant's own NATS user. Prints one JSON line at the end; exits 1 with the reason when a check fails.

    python read_all.py --url nats://demo:secret@127.0.0.1:4222 --log 1 --tenant demo
"""

import argparse
import asyncio
import base64
import hashlib
import json
import sys
import uuid
from urllib.parse import unquote, urlsplit

import nats
from nats.errors import TimeoutError as NothingThere

BATCH = 500


class Broken(Exception):
    """The feed is not what it promises to be."""


def content_hash(headers, payload):
    """SHA-256 over the length-prefixed fields the writer sealed."""
    effective = headers["ce-time"] if headers["ce-time"] != headers["ce-recordedtime"] else ""
    version = int(headers["ce-dataschema"].rsplit("/", 1)[1])
    fields = [
        headers["ce-tenantid"].encode(),
        uuid.UUID(headers["ce-id"]).bytes,
        uuid.UUID(headers["ce-partitionkey"]).bytes,
        unquote(headers["ce-type"]).encode(),
        version.to_bytes(2, "big"),
        effective.encode(),
        base64.b64decode(headers["ce-meta"]),
        payload,
    ]
    sealed = hashlib.sha256()
    for field in fields:
        sealed.update(len(field).to_bytes(4, "big") + field)
    return base64.b64encode(sealed.digest()).decode()


def check(message, previous, tenant):
    """Checks one message against the one before it; returns its position."""
    headers = message.headers or {}
    position = int(headers["ce-sequence"])
    if position != message.metadata.sequence.stream:
        raise Broken(f"position {position} came as sequence {message.metadata.sequence.stream}")
    if headers["ce-tenantid"] != tenant:
        raise Broken(f"position {position} belongs to {headers['ce-tenantid']}")
    if previous is not None and int(headers["ce-prevsequence"]) != previous:
        raise Broken(f"position {position} follows {headers['ce-prevsequence']}, read before: {previous}")
    if headers["ce-specversion"] != "1.0" or headers["ce-datacontenttype"] != "application/json":
        raise Broken(f"position {position} is not a CloudEvent with JSON")
    json.loads(message.data)
    if content_hash(headers, message.data) != headers["ce-contenthash"]:
        raise Broken(f"the content hash of position {position} does not fit")
    return position


async def read_all(url, log, tenant):
    """Reads until nothing is pending."""
    address = urlsplit(url)
    user = unquote(address.username or "")
    connection = await nats.connect(
        f"nats://{address.hostname}:{address.port}",
        user=user,
        password=unquote(address.password or ""),
        inbox_prefix=f"_INBOX_{user}".encode(),
    )
    stream = connection.jetstream()
    feed = await stream.pull_subscribe_bind(durable=tenant, stream=f"SALES_{log}")
    count, first, last = 0, None, None
    while True:
        try:
            messages = await feed.fetch(BATCH, timeout=1)
        except NothingThere:
            break
        for message in messages:
            last = check(message, last, tenant)
            first = last if first is None else first
            count += 1
            await message.ack()
        if messages[-1].metadata.num_pending == 0:
            break
    await connection.drain()
    return {"tenant": tenant, "events": count, "first": first, "last": last}


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description="Reads and checks every event of one tenant.")
    parser.add_argument("--url", required=True, help="the tenant's NATS address, with user and password")
    parser.add_argument("--log", type=int, default=1)
    parser.add_argument("--tenant", required=True)
    asked = parser.parse_args()
    try:
        print(json.dumps(asyncio.run(read_all(asked.url, asked.log, asked.tenant))))
    except Broken as reason:
        print(reason, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
