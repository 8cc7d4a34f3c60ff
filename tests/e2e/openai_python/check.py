"""Drives VM-X AI with the official `openai` package and prints one line of JSON per case: {name, ok, detail}.

VMX_BASE_URL and VMX_API_KEY say where; VMX_EXPECTED holds, as JSON, the models to ask and what they answer.
"""

import asyncio
import inspect
import json
import os
import traceback

import openai

EXPECTED = json.loads(os.environ["VMX_EXPECTED"])
CONNECTION = {"base_url": os.environ["VMX_BASE_URL"], "api_key": os.environ["VMX_API_KEY"], "max_retries": 0}
MODEL = EXPECTED["model"]
PROMPT = "Hi there"
STREAMS = 200

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
ANSWER = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"answer": {"type": "string"}, "score": {"type": "number"}},
            "required": ["answer", "score"],
            "additionalProperties": False,
        },
    },
}


def user(content):
    return [{"role": "user", "content": content}]


def equal(found, wanted):
    assert found == wanted, f"found {found!r}, not {wanted!r}"


async def result(value):
    """What a call of either client gives: the asynchronous one's has to be waited for."""
    return await value if inspect.isawaitable(value) else value


async def each(stream):
    if hasattr(stream, "__aiter__"):
        async for item in stream:
            yield item
    else:
        for item in stream:
            yield item


async def read(stream):
    text, finish, usage = "", None, None
    async for chunk in each(stream):
        if chunk.choices:
            text += chunk.choices[0].delta.content or ""
            finish = chunk.choices[0].finish_reason or finish
        usage = chunk.usage or usage
    return text, finish, usage


async def refused(call, kind, status, code):
    try:
        await result(call())
    except openai.APIStatusError as error:
        assert isinstance(error, kind), f"{type(error).__name__} is not {kind.__name__}"
        equal((error.status_code, error.code), (status, code))
        return
    raise AssertionError("it was answered")


async def chat(client):
    answer = await result(client.chat.completions.create(model=MODEL, messages=user(PROMPT)))
    equal(answer.choices[0].message.content, EXPECTED["text"])
    equal(answer.choices[0].finish_reason, "stop")
    equal((answer.usage.prompt_tokens, answer.usage.completion_tokens), tuple(EXPECTED["usage"]))
    assert answer._request_id, "there is no x-request-id"


async def stream(client):
    asked = {"model": MODEL, "messages": user(PROMPT), "stream": True}
    text, finish, usage = await read(await result(client.chat.completions.create(**asked)))
    equal((text, finish, usage), (EXPECTED["text"], "stop", None))
    counted = client.chat.completions.create(**asked, stream_options={"include_usage": True})
    text, finish, usage = await read(await result(counted))
    equal((text, finish), (EXPECTED["text"], "stop"))
    equal((usage.prompt_tokens, usage.completion_tokens), tuple(EXPECTED["usage"]))


async def tools(client):
    answer = await result(client.chat.completions.create(model=MODEL, messages=user("Weather?"), tools=[WEATHER]))
    equal(answer.choices[0].finish_reason, "tool_calls")
    call = answer.choices[0].message.tool_calls[0].function
    equal(call.name, "get_weather")
    assert isinstance(json.loads(call.arguments)["city"], str)


async def tools_stream(client):
    name, arguments = "", ""
    asked = {"model": MODEL, "messages": user("Weather?"), "tools": [WEATHER], "stream": True}
    async for chunk in each(await result(client.chat.completions.create(**asked))):
        for call in chunk.choices[0].delta.tool_calls or []:
            name += call.function.name or ""
            arguments += call.function.arguments or ""
    equal(name, "get_weather")
    assert isinstance(json.loads(arguments)["city"], str)


async def json_schema(client):
    asked = {"model": MODEL, "messages": user("Answer as JSON"), "response_format": ANSWER}
    answer = await result(client.chat.completions.create(**asked))
    value = json.loads(answer.choices[0].message.content)
    equal(sorted(value), ["answer", "score"])
    assert isinstance(value["answer"], str) and isinstance(value["score"], (int, float))


async def image(client):
    parts = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": EXPECTED["image_url"]}},
    ]
    answer = await result(client.chat.completions.create(model=MODEL, messages=user(parts)))
    equal(answer.choices[0].message.content, EXPECTED["image_text"])


async def embeddings(client):
    answer = await result(client.embeddings.create(model=MODEL, input=["One text", "another text"]))
    equal([len(row.embedding) for row in answer.data], [EXPECTED["embedding_length"]] * 2)


async def models(client):
    found = [model.id async for model in each(await result(client.models.list()))]
    equal(sorted(found), sorted(EXPECTED["models"]))
    equal((await result(client.models.retrieve(MODEL))).id, MODEL)


async def abort(client):
    """Leaves a stream of minutes after its first event; the test looks at the record of it."""
    asked = {"model": EXPECTED["slow_model"], "messages": user(PROMPT), "stream": True}
    answer = await result(client.chat.completions.create(**asked))
    async for _ in each(answer):
        break
    request_id = answer.response.headers["x-request-id"]
    await result(answer.close())
    return request_id


async def cut_stream(client):
    asked = {"model": EXPECTED["cut_model"], "messages": user(PROMPT), "stream": True}
    text, finish = "", None
    try:
        async for chunk in each(await result(client.chat.completions.create(**asked))):
            text += chunk.choices[0].delta.content or ""
            finish = chunk.choices[0].finish_reason or finish
    except openai.APIError:
        assert text and finish is None, "the error came without text, or after an end"
        return
    raise AssertionError("a stream that broke looked complete")


async def fallback(client):
    asked = {"model": EXPECTED["fallback_model"], "messages": user(PROMPT), "stream": True}
    equal((await read(await result(client.chat.completions.create(**asked))))[0], EXPECTED["text"])


async def bad_key(client):
    other = client.with_options(api_key=EXPECTED["bad_key"])
    call = lambda: other.chat.completions.create(model=MODEL, messages=user(PROMPT))
    await refused(call, openai.AuthenticationError, 401, "invalid_api_key")


async def unknown_model(client):
    call = lambda: client.chat.completions.create(model="nothing", messages=user(PROMPT))
    await refused(call, openai.NotFoundError, 404, "model_not_found")


async def concurrent_streams(client):
    """Both clients at once: the synchronous one in a thread for each stream."""

    def one_blocking():
        async def one():
            return await read(client.chat.completions.create(model=MODEL, messages=user(PROMPT), stream=True))

        return asyncio.run(one())

    async def one_waiting():
        return await read(await client.chat.completions.create(model=MODEL, messages=user(PROMPT), stream=True))

    waiting = isinstance(client, openai.AsyncOpenAI)
    answers = await asyncio.gather(
        *(one_waiting() if waiting else asyncio.to_thread(one_blocking) for _ in range(STREAMS))
    )
    equal({(text, finish) for text, finish, _ in answers}, {(EXPECTED["text"], "stop")})


CASES = [
    chat,
    stream,
    tools,
    tools_stream,
    json_schema,
    image,
    embeddings,
    models,
    abort,
    cut_stream,
    fallback,
    bad_key,
    unknown_model,
    concurrent_streams,
]


async def main():
    for kind, client in (("sync", openai.OpenAI(**CONNECTION)), ("async", openai.AsyncOpenAI(**CONNECTION))):
        for case in CASES:
            try:
                detail, ok = await case(client), True
            except Exception:
                detail, ok = traceback.format_exc(), False
            print(json.dumps({"name": f"{kind} {case.__name__}", "ok": ok, "detail": detail}), flush=True)
        await result(client.close())


asyncio.run(main())
