import OpenAI from 'openai'

const openai = new OpenAI({
  baseURL: process.env.VMX_BASE_URL ?? 'http://127.0.0.1:3000/v1',
  apiKey: process.env.VMX_API_KEY,
})

const stream = await openai.chat.completions.create({
  model: process.env.VMX_RESOURCE ?? 'demo',
  messages: [{ role: 'user', content: 'Hello!' }],
  stream: true,
})
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '')
}
process.stdout.write('\n')
