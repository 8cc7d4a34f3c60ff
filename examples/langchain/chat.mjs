import { ChatOpenAI } from '@langchain/openai'

const model = new ChatOpenAI({
  configuration: { baseURL: process.env.VMX_BASE_URL ?? 'http://127.0.0.1:3000/v1' },
  apiKey: process.env.VMX_API_KEY,
  model: process.env.VMX_RESOURCE ?? 'demo',
})

const answer = await model.invoke('Hello!')
console.log(answer.content)
