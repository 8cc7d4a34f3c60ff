import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get('VMX_BASE_URL', 'http://127.0.0.1:3000/v1'),
    api_key=os.environ['VMX_API_KEY'],
)

completion = client.chat.completions.create(
    model=os.environ.get('VMX_RESOURCE', 'demo'),
    messages=[{'role': 'user', 'content': 'Hello!'}],
)
print(completion.choices[0].message.content)
