import { managementRoutes } from '@vm-x/contract'
import type { World } from './world.ts'

type Response = { readonly $ref?: string; readonly description?: string }

/** Answers of the world that the OpenAPI document, which it serves, does not know: by their status, or by their code. */
export async function undocumentedIn({ url, trail }: World): Promise<string[]> {
  const { paths, components } = (await (await fetch(`${url}/management/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { responses: Record<string, Response> }>>
    components: { responses: Record<string, Response> }
  }
  const responseOf = (id: string, status: number): Response | undefined => {
    const { path = '', method = '' } = managementRoutes.find((route) => route.id === id) ?? {}
    const responses = paths[path]?.[method.toLowerCase()]?.responses
    const response = responses?.[status] ?? responses?.default
    return response?.$ref ? components.responses[response.$ref.replace(/.*\//, '')] : response
  }
  return trail.answers.flatMap(({ route, status, code, text }) => {
    const { description } = responseOf(route, status) ?? {}
    const known = description !== undefined && (code === undefined || description.includes(`\`${code}\``))
    return known ? [] : [`${route} answered ${status}: ${text}`]
  })
}
