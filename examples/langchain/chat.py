import os

from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    base_url=os.environ.get('VMX_BASE_URL', 'http://127.0.0.1:3000/v1'),
    api_key=os.environ['VMX_API_KEY'],
    model=os.environ.get('VMX_RESOURCE', 'demo'),
)

print(model.invoke('Hello!').content)
