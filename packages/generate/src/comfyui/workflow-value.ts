import type { JsonObject } from '../metadata/tool-json.ts'

/** Names of what can be set in a workflow: as placeholder (`{{negative_prompt}}`) or node title (`negative prompt`). */
export const VALUE_NAMES = [
  'prompt',
  'negative_prompt',
  'seed',
  'width',
  'height',
  'steps',
  'sampler',
  'cfg',
  'model',
] as const

export type ValueName = (typeof VALUE_NAMES)[number]

/** What is to be set; undefined: the workflow's own value stays. */
export interface Values {
  readonly prompt: string
  readonly negative_prompt: string | undefined
  readonly seed: number
  readonly width: number | undefined
  readonly height: number | undefined
  readonly steps: number | undefined
  readonly sampler: string | undefined
  readonly cfg: number | undefined
  readonly model: string | undefined
}

/** A workflow in ComfyUI's API format, as the user exported it. */
export interface Workflow {
  /** File or other name, for messages. */
  readonly name: string
  readonly json: JsonObject
}

/** A copy of a workflow's graph, and which values found a place in it. */
export interface Filled {
  readonly graph: JsonObject
  readonly set: ReadonlySet<ValueName>
}

/** True for a name out of {@link VALUE_NAMES}. */
export function isValueName(name: string): name is ValueName {
  return (VALUE_NAMES as readonly string[]).includes(name)
}
