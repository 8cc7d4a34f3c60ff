import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get('VMX_BASE_URL', 'http://127.0.0.1:3000/v1'),
    api_key=os.environ['VMX_API_KEY'],
)

stream = client.chat.completions.create(
    model=os.environ.get('VMX_RESOURCE', 'demo'),
    messages=[{'role': 'user', 'content': 'Hello!'}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or '', end='', flush=True)
print()
