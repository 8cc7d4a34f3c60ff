/** What examples are filled with. */
export type Example = {
  /** Of the data plane, e.g. `https://ai.example.com/v1`. */
  readonly address: string
  readonly resource: string
  readonly apiKey: string
  readonly stream: boolean
}

/** Keys can not be read back: what stands where one belongs. */
export const PLACEHOLDER_KEY = 'sk-vmx-…'
export const PLACEHOLDER_RESOURCE = 'your-resource'

export type Client = 'openai-node' | 'openai-python' | 'langchain-python' | 'langchain-js' | 'curl'

export type Snippet = {
  /** What to run before; none where nothing needs to be there. */
  readonly install?: string
  /** What the file is to be called, and how it is run. */
  readonly file: string
  readonly run: string
  readonly code: string
}

export const CLIENTS: readonly { readonly id: Client; readonly label: string }[] = [
  { id: 'openai-node', label: 'OpenAI Node' },
  { id: 'openai-python', label: 'OpenAI Python' },
  { id: 'langchain-python', label: 'LangChain Python' },
  { id: 'langchain-js', label: 'LangChain JS' },
  { id: 'curl', label: 'curl' },
]

/** A whole program that asks a resource and prints the answer. */
export function snippet(client: Client, example: Example): Snippet {
  switch (client) {
    case 'openai-node':
      return {
        install: 'npm install openai',
        file: 'chat.mjs',
        run: 'node chat.mjs',
        code: example.stream ? openaiNodeStream(example) : openaiNode(example),
      }
    case 'openai-python':
      return {
        install: 'pip install openai',
        file: 'chat.py',
        run: 'python chat.py',
        code: example.stream ? openaiPythonStream(example) : openaiPython(example),
      }
    case 'langchain-python':
      return {
        install: 'pip install langchain-openai',
        file: 'chat.py',
        run: 'python chat.py',
        code: example.stream ? langchainPythonStream(example) : langchainPython(example),
      }
    case 'langchain-js':
      return {
        install: 'npm install @langchain/openai @langchain/core',
        file: 'chat.mjs',
        run: 'node chat.mjs',
        code: example.stream ? langchainJsStream(example) : langchainJs(example),
      }
    case 'curl':
      return { file: 'chat.sh', run: 'sh chat.sh', code: curl(example) }
  }
}

// A JSON string is one of JavaScript and of Python as well.
const text = (value: string) => JSON.stringify(value).replaceAll("'", '\\u0027').replace(/^"|"$/g, "'")

const openaiNodeClient = ({ address, apiKey }: Example) => `import OpenAI from 'openai'

const openai = new OpenAI({
  baseURL: ${text(address)},
  apiKey: ${text(apiKey)},
})
`

const openaiNode = (example: Example) => `${openaiNodeClient(example)}
const completion = await openai.chat.completions.create({
  model: ${text(example.resource)},
  messages: [{ role: 'user', content: 'Hello!' }],
})
console.log(completion.choices[0].message.content)
`

const openaiNodeStream = (example: Example) => `${openaiNodeClient(example)}
const stream = await openai.chat.completions.create({
  model: ${text(example.resource)},
  messages: [{ role: 'user', content: 'Hello!' }],
  stream: true,
})
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '')
}
process.stdout.write('\\n')
`

const openaiPythonClient = ({ address, apiKey }: Example) => `from openai import OpenAI

client = OpenAI(
    base_url=${text(address)},
    api_key=${text(apiKey)},
)
`

const openaiPython = (example: Example) => `${openaiPythonClient(example)}
completion = client.chat.completions.create(
    model=${text(example.resource)},
    messages=[{'role': 'user', 'content': 'Hello!'}],
)
print(completion.choices[0].message.content)
`

const openaiPythonStream = (example: Example) => `${openaiPythonClient(example)}
stream = client.chat.completions.create(
    model=${text(example.resource)},
    messages=[{'role': 'user', 'content': 'Hello!'}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or '', end='', flush=True)
print()
`

const langchainPythonModel = ({ address, apiKey, resource }: Example) => `from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    base_url=${text(address)},
    api_key=${text(apiKey)},
    model=${text(resource)},
)
`

const langchainPython = (example: Example) => `${langchainPythonModel(example)}
print(model.invoke('Hello!').content)
`

const langchainPythonStream = (example: Example) => `${langchainPythonModel(example)}
for chunk in model.stream('Hello!'):
    print(chunk.content, end='', flush=True)
print()
`

const langchainJsModel = ({ address, apiKey, resource }: Example) => `import { ChatOpenAI } from '@langchain/openai'

const model = new ChatOpenAI({
  configuration: { baseURL: ${text(address)} },
  apiKey: ${text(apiKey)},
  model: ${text(resource)},
})
`

const langchainJs = (example: Example) => `${langchainJsModel(example)}
const answer = await model.invoke('Hello!')
console.log(answer.content)
`

const langchainJsStream = (example: Example) => `${langchainJsModel(example)}
for await (const chunk of await model.stream('Hello!')) {
  process.stdout.write(chunk.content)
}
process.stdout.write('\\n')
`

function curl({ address, apiKey, resource, stream }: Example): string {
  const body = JSON.stringify({
    model: resource,
    ...(stream && { stream }),
    messages: [{ role: 'user', content: 'Hello!' }],
  })
  return `curl ${stream ? '-N ' : ''}${quoted(`${address}/chat/completions`)} \\
  -H ${quoted(`authorization: Bearer ${apiKey}`)} \\
  -H 'content-type: application/json' \\
  -d ${quoted(body)}
`
}

/** One word for a shell, whatever is in it. */
const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`
