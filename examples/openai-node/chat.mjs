import OpenAI from 'openai'

const openai = new OpenAI({
  baseURL: process.env.VMX_BASE_URL ?? 'http://127.0.0.1:3000/v1',
  apiKey: process.env.VMX_API_KEY,
})

const completion = await openai.chat.completions.create({
  model: process.env.VMX_RESOURCE ?? 'demo',
  messages: [{ role: 'user', content: 'Hello!' }],
})
console.log(completion.choices[0].message.content)
