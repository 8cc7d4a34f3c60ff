"""Asks with the official `openai` package as it is when nothing is set but the key and the address.

Standard input holds the questions, one JSON a line; one line of JSON per question comes out as
soon as it is answered: {mark, observation}. Streams are asked for by the asynchronous client, the others by the other.
"""

import asyncio
import inspect
import json
import sys
import time

import openai

MESSAGES = [{"role": "user", "content": "Hi"}]


async def result(value):
    return await value if inspect.isawaitable(value) else value


def now():
    return time.monotonic() * 1000


class Watch:
    """Notes each HTTP exchange of a client by its hooks; frees what is occupied after the first answer."""

    def __init__(self):
        self.calls = []
        self.occupied = None

    def begun(self, _request):
        # Without an answer it counts all the same.
        self.calls.append({"startedMs": now(), "answeredMs": 0, "status": 0, "headers": {}})

    def answered(self, response):
        self.calls[-1].update(answeredMs=now(), status=response.status_code, headers=dict(response.headers))

    def hooks(self):
        def answered(response):
            self.answered(response)
            if self.occupied:
                self.occupied.close()

        return {"request": [self.begun], "response": [answered]}

    def async_hooks(self):
        async def begun(request):
            self.begun(request)

        async def answered(response):
            self.answered(response)
            if self.occupied:
                await self.occupied.close()

        return {"request": [begun], "response": [answered]}


async def observe(question):
    streamed = question["stream"]
    watch = Watch()
    common = {"base_url": question["baseURL"], "api_key": question["apiKey"]}
    headers = question["headers"]
    retries = {} if question["maxRetries"] is None else {"max_retries": question["maxRetries"]}
    if streamed:
        plain = openai.AsyncOpenAI(**common, max_retries=0)
        http = openai.DefaultAsyncHttpxClient(event_hooks=watch.async_hooks())
        client = openai.AsyncOpenAI(**common, **retries, default_headers=headers, http_client=http)
    else:
        plain = openai.OpenAI(**common, max_retries=0)
        http = openai.DefaultHttpxClient(event_hooks=watch.hooks())
        client = openai.OpenAI(**common, **retries, default_headers=headers, http_client=http)
    seen = {"text": "", "finish": None, "totalTokens": None, "error": None, "raw": None, "calls": watch.calls}
    mark, more = question["mark"], question["body"]
    asked = {"model": question["model"], "messages": MESSAGES}
    for _ in range(question["before"]):
        try:
            await result(plain.chat.completions.create(**asked, user=f"{mark} before"))
        except openai.APIError:
            pass
    if question["occupant"]:
        held = await result(plain.chat.completions.create(model=question["occupant"], messages=MESSAGES, stream=True))
        if streamed:
            await anext(held)
        else:
            next(held)
        watch.occupied = held
    try:
        if question["path"]:
            body = {**asked, "user": mark, **more}
            await result(client.post(question["path"], cast_to=object, body=body))
        elif streamed:
            chunks = await client.chat.completions.create(
                **asked, user=mark, extra_body=more, stream=True, stream_options={"include_usage": True}
            )
            async for chunk in chunks:
                if chunk.choices:
                    seen["text"] += chunk.choices[0].delta.content or ""
                    seen["finish"] = chunk.choices[0].finish_reason or seen["finish"]
                if chunk.usage:
                    seen["totalTokens"] = chunk.usage.total_tokens
        else:
            answer = client.chat.completions.create(**asked, user=mark, extra_body=more)
            seen["text"] = answer.choices[0].message.content
            seen["finish"] = answer.choices[0].finish_reason
            seen["totalTokens"] = answer.usage.total_tokens if answer.usage else None
    except openai.APIError as error:
        seen["error"] = {
            "kind": type(error).__name__,
            "status": getattr(error, "status_code", None),
            "code": error.code,
            "type": error.type,
            "param": error.param,
            "message": error.message,
        }
    await result(client.close())
    await result(plain.close())
    return seen


def in_thread(question):
    return asyncio.run(observe(question))


async def answer(question):
    try:
        seen = await (observe(question) if question["stream"] else asyncio.to_thread(in_thread, question))
        line = {"mark": question["mark"], "observation": seen}
    except Exception as error:
        line = {"mark": question["mark"], "failure": repr(error)}
    print(json.dumps(line), flush=True)


async def main():
    from concurrent.futures import ThreadPoolExecutor

    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=200))
    await asyncio.gather(*(answer(json.loads(line)) for line in sys.stdin))


asyncio.run(main())
