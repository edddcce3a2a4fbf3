"""A webhook receiver as most teams have it: FastAPI and aiokafka, 202 once Kafka has confirmed (acks=all)."""

import os
from contextlib import asynccontextmanager

import uvicorn
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from fastapi import FastAPI, Request, Response

from verify import genuine

SECRET = os.environ["HOOKFERRY_BENCH_SECRET"].encode()
TOPIC = os.environ["HOOKFERRY_BENCH_NAME"]


@asynccontextmanager
async def lifespan(app):
    app.state.producer = AIOKafkaProducer(
        bootstrap_servers=os.environ["HOOKFERRY_BENCH_KAFKA"], acks="all", enable_idempotence=True, linger_ms=1
    )
    async with app.state.producer:
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/github")
async def receive(request: Request):
    body = await request.body()
    if not genuine(request, body, SECRET):
        return Response(status_code=401)
    key = request.headers.get("x-github-delivery", "").encode()
    try:
        await app.state.producer.send_and_wait(TOPIC, body, key)
    except KafkaError:
        return Response(status_code=503)
    return Response(status_code=202)


uvicorn.run(app, host="127.0.0.1", port=int(os.environ["HOOKFERRY_BENCH_PORT"]), access_log=False, log_level="warning")
