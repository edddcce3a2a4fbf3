"""The same with aio-pika: 202 once RabbitMQ has confirmed the message, and has not returned it before."""

import os
from contextlib import asynccontextmanager

import aio_pika
import uvicorn
from fastapi import FastAPI, Request, Response

from verify import genuine

SECRET = os.environ["HOOKFERRY_BENCH_SECRET"].encode()


@asynccontextmanager
async def lifespan(app):
    connection = await aio_pika.connect_robust(os.environ["HOOKFERRY_BENCH_RABBITMQ"])
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        app.state.exchange = await channel.get_exchange(os.environ["HOOKFERRY_BENCH_NAME"])
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/github")
async def receive(request: Request):
    body = await request.body()
    if not genuine(request, body, SECRET):
        return Response(status_code=401)
    message = aio_pika.Message(
        body,
        message_id=request.headers.get("x-github-delivery"),
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        content_type="application/json",
    )
    try:
        await app.state.exchange.publish(message, request.headers.get("x-github-event", ""), mandatory=True)
    except aio_pika.exceptions.AMQPError:
        return Response(status_code=503)
    return Response(status_code=202)


uvicorn.run(app, host="127.0.0.1", port=int(os.environ["HOOKFERRY_BENCH_PORT"]), access_log=False, log_level="warning")
