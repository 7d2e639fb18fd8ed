import { GeneratorError } from '../generator-error.ts'
import { isObject, type JsonObject } from '../metadata/tool-json.ts'
import { type Filled, isValueName, VALUE_NAMES, type ValueName, type Values, type Workflow } from './workflow-value.ts'

const PLACEHOLDER = /\{\{\s*([a-z_]+)\s*(?:=([^{}]*))?\}\}/g

/** Whether any string of a workflow holds a placeholder of a known name. */
export function hasPlaceholders(json: JsonObject): boolean {
  return [...JSON.stringify(json).matchAll(PLACEHOLDER)].some(([, name = '']) => isValueName(name))
}

/**
 * Replaces all placeholders. A string that is nothing but one becomes a number where the value is one; what a value
 * contains is never looked at again.
 *
 * @throws GeneratorError `generator_invalid` for an unknown name, or a placeholder that has neither value nor default
 */
export function fillPlaceholders(workflow: Workflow, values: Values): Filled {
  const set = new Set<ValueName>()
  const fill = (name: string, fallback: string | undefined): string | number => {
    if (!isValueName(name)) throw unknown(workflow.name, name)
    set.add(name)
    const value = values[name] ?? defaultOf(fallback)
    if (value !== undefined) return value
    if (name === 'negative_prompt') return ''
    throw new GeneratorError(
      'generator_invalid',
      `The workflow ${workflow.name} needs the ${name}; give one, or write a default into it: {{${name}=…}}.`,
    )
  }
  const graph = mapStrings(workflow.json, (text) => {
    const whole = [...text.matchAll(PLACEHOLDER)].find(([match]) => match === text)
    if (whole !== undefined) return fill(whole[1] ?? '', whole[2])
    return text.replace(PLACEHOLDER, (_, name: string, fallback?: string) => String(fill(name, fallback)))
  }) as JsonObject
  return { graph, set }
}

function defaultOf(text: string | undefined): string | number | undefined {
  if (text === undefined) return undefined
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

function mapStrings(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]))
}

function unknown(workflow: string, name: string): GeneratorError {
  return new GeneratorError(
    'generator_invalid',
    `The workflow ${workflow} has the unknown placeholder {{${name}}}; known are ${VALUE_NAMES.join(', ')}.`,
  )
}
