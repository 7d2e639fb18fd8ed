import { z } from 'zod'
import type { AnswerShape, Endpoint } from './endpoint.ts'
import { errorAnswerSchema } from './error-answer.ts'

/** A JSON Schema or a part of an OpenAPI document. */
export type JsonObject = { [key: string]: unknown }

const PREFIX = '#/components/schemas/'

/** Statuses that any endpoint may answer with, besides its own. */
const FAILURES: Readonly<Record<string, string>> = {
  400: 'The request is not what the endpoint expects.',
  401: 'A token is required and is missing or wrong.',
  403: 'The request comes from another site.',
  404: 'There is no such row, or no such endpoint.',
  405: 'The address is not answered for this method; the header `Allow` lists those that it is answered for.',
  413: 'The body is too large.',
  415: 'The body is of another media type than the endpoint takes.',
  422: 'The picture cannot be used.',
  503: 'The collection cannot answer now.',
}

/**
 * The OpenAPI 3.1 description of the given endpoints. Schemas that carry an id (`.meta({ id })`) become named
 * components. What it says of requests is what the server checks them by.
 */
export function openApiDocument(endpoints: readonly Endpoint[]): JsonObject {
  const components: JsonObject = {}
  const paths: Record<string, JsonObject> = {}
  for (const declared of endpoints) {
    const entry = paths[declared.path] ?? {}
    entry[declared.method.toLowerCase()] = operation(declared, components)
    paths[declared.path] = entry
  }
  schemaOf(errorAnswerSchema, 'output', components)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Promptloom',
      version: '0.1.0',
      description: 'Search a collection of prompts and their pictures.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{}, { token: [] }],
    paths,
    components: {
      responses: Object.fromEntries(Object.entries(FAILURES).map(([status, text]) => [status, failure(text)])),
      schemas: Object.fromEntries(Object.entries(components).sort(([a], [b]) => a.localeCompare(b))),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Required when the server listens beyond loopback.' },
      },
    },
  }
}

function operation(declared: Endpoint, components: JsonObject): JsonObject {
  const { operationId, summary, description } = declared
  const responses = Object.fromEntries([
    ...Object.entries(declared.answers).map(([status, shape]) => [status, response(shape, components)]),
    ...Object.keys(FAILURES).map((status) => [status, { $ref: `#/components/responses/${status}` }]),
  ])
  return {
    operationId,
    summary,
    ...(description ? { description } : {}),
    ...(declared.open ? { security: [{}] } : {}),
    parameters: [
      ...parameters(declared.params, 'path', components),
      ...parameters(declared.query, 'query', components),
    ],
    ...(declared.body ? { requestBody: requestBody(declared, components) } : {}),
    responses,
  }
}

function requestBody(declared: Endpoint, components: JsonObject): JsonObject {
  const schema = schemaOf(declared.body as z.ZodType, 'input', components)
  const content: JsonObject = { 'application/json': { schema } }
  if (declared.multipart) {
    content['multipart/form-data'] = {
      schema: {
        type: 'object',
        properties: { [declared.multipart.field]: schema },
        additionalProperties: { type: 'string', contentMediaType: 'application/octet-stream' },
      },
      encoding: { [declared.multipart.field]: { contentType: 'application/json' } },
    }
  }
  return { required: true, content }
}

function parameters(schema: z.ZodType | undefined, place: 'path' | 'query', components: JsonObject): JsonObject[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input', components) as {
    properties?: Record<string, JsonObject>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description ? { description } : {}),
    schema: rest,
  }))
}

function response({ description, schema, media }: AnswerShape, components: JsonObject): JsonObject {
  if (schema)
    return { description, content: { 'application/json': { schema: schemaOf(schema, 'output', components) } } }
  return { description, content: Object.fromEntries((media ?? []).map((type) => [type, {}])) }
}

function failure(description: string): JsonObject {
  return { description, content: { 'application/json': { schema: { $ref: `${PREFIX}Error` } } } }
}

/** The JSON Schema of a zod schema, its named parts moved to the components. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: JsonObject): JsonObject {
  const {
    $schema: _,
    $defs = {},
    id,
    ...own
  } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonObject & {
    $defs?: Record<string, JsonObject>
    id?: string
  }
  for (const [name, definition] of Object.entries($defs)) {
    const { id: _id, ...rest } = definition
    components[name] = relocate(rest)
  }
  if (!id) return relocate(own) as JsonObject
  components[id] = relocate(own)
  return { $ref: `${PREFIX}${id}` }
}

/** Points references at the document's components. */
function relocate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocate)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) =>
      key === '$ref' && typeof part === 'string' ? [key, part.replace('#/$defs/', PREFIX)] : [key, relocate(part)],
    ),
  )
}
