import { readFile } from 'node:fs/promises'
import type { PaintParameters, PaintRequest } from '../back-end.ts'
import { GeneratorError } from '../generator-error.ts'
import { readGraph } from '../metadata/comfyui.ts'
import { parseGraph } from '../metadata/comfyui-graph.ts'
import { isObject, type JsonObject } from '../metadata/tool-json.ts'
import { fillPlaceholders, hasPlaceholders } from './placeholder.ts'
import { fillPlaces } from './workflow-place.ts'
import { VALUE_NAMES, type ValueName, type Values, type Workflow } from './workflow-value.ts'

/** A graph that is ready to run, with the parameters that are set in it. */
export interface FilledWorkflow {
  readonly graph: JsonObject
  readonly parameters: PaintParameters
}

/**
 * Reads a workflow file: the one that ComfyUI exports as "API format".
 *
 * @throws GeneratorError `generator_invalid`
 */
export async function readWorkflow(path: string): Promise<Workflow> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new GeneratorError('generator_invalid', `The workflow file ${path} can't be read; check the path.`, { cause })
  }
  return parseWorkflow(text, path)
}

/**
 * Parses the text of a workflow file.
 *
 * @param name for messages
 * @throws GeneratorError `generator_invalid`
 */
export function parseWorkflow(text: string, name: string): Workflow {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new GeneratorError('generator_invalid', `The workflow ${name} is no JSON; export it again.`, { cause })
  }
  if (isObject(json) && Array.isArray(json.nodes))
    throw new GeneratorError(
      'generator_invalid',
      `The workflow ${name} is in the format of ComfyUI's page; export it with "Export (API)" instead.`,
    )
  if (!isObject(json) || parseGraph(json).size === 0)
    throw new GeneratorError('generator_invalid', `The workflow ${name} has no nodes; export it with "Export (API)".`)
  return { name, json }
}

/**
 * Sets a request's values in a workflow. Each value has its place by the first of these that applies:
 * 1. placeholders: `{{prompt}}`, `{{steps}}`, or with a default `{{steps=20}}`, anywhere in the file's strings; a
 *    file that has any has only those;
 * 2. a node whose title is the value's name (`prompt`, `negative prompt`, `seed`, `size`, …);
 * 3. the node that feeds the sampler of the saved picture.
 *
 * Whatever the request leaves open stays as the workflow has it.
 *
 * @throws GeneratorError `generator_invalid` where a value that the request names has no place, or several
 */
export function fillWorkflow(workflow: Workflow, request: PaintRequest, seed: number): FilledWorkflow {
  const values = valuesOf(request, seed)
  const { graph, set } = hasPlaceholders(workflow.json)
    ? fillPlaceholders(workflow, values)
    : fillPlaces(workflow, values)
  for (const name of VALUE_NAMES)
    if (isWanted(name, request) && !set.has(name))
      throw new GeneratorError(
        'generator_invalid',
        `The workflow ${workflow.name} has no place for the ${name.replace('_', ' ')}; write {{${name}}} into it, or ` +
          `give a node the title "${name.replace('_', ' ')}".`,
      )
  return { graph, parameters: parametersOf(graph, values, set) }
}

function valuesOf(request: PaintRequest, seed: number): Values {
  const { prompt, negativePrompt, width, height, steps, sampler, cfg, model } = request
  return { prompt, negative_prompt: negativePrompt, seed, width, height, steps, sampler, cfg, model }
}

function isWanted(name: ValueName, request: PaintRequest): boolean {
  if (name === 'negative_prompt') return (request.negativePrompt ?? '') !== ''
  return request[name] !== undefined
}

function parametersOf(graph: JsonObject, values: Values, set: ReadonlySet<ValueName>): PaintParameters {
  const told = readGraph(parseGraph(graph))
  const seed = set.has('seed') ? values.seed : Number(told?.seed ?? Number.NaN)
  return {
    prompt: values.prompt,
    negativePrompt: values.negative_prompt ?? told?.negativePrompt ?? '',
    seed: Number.isSafeInteger(seed) ? seed : null,
    steps: values.steps ?? told?.steps ?? null,
    sampler: values.sampler ?? told?.sampler ?? null,
    cfg: values.cfg ?? told?.cfg ?? null,
    model: values.model ?? told?.model ?? null,
  }
}
