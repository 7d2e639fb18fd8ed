import { retry } from '@promptloom/http/retry'
import { Budget } from '@promptloom/refine/budget'
import { readInstruction } from '@promptloom/refine/instruction'
import { LlmRefiner } from '@promptloom/refine/llm-refiner'
import { OfflineRefiner } from '@promptloom/refine/offline-refiner'
import type { Refiner } from '@promptloom/refine/refiner'
import { type Environment, environment, languageModel } from '../environment.ts'
import type { RefineOptions } from './refine-options.ts'

/**
 * The refiner that the configuration means: a language model where an endpoint is given, else the offline one, which
 * says that it is none.
 *
 * @param spent what earlier runs have used of the same budget
 * @throws RefineInputError for an address, an instruction or a budget that can't be used
 */
export async function openRefiner(
  options: RefineOptions,
  { spent, from = environment() }: { spent?: { tokens?: number; cost?: number }; from?: Environment } = {},
): Promise<Refiner> {
  if (options.endpoint === undefined) return new OfflineRefiner()
  const { tokens, cost } = options.budget
  const limits = { ...(tokens === undefined ? {} : { tokens }), ...(cost === undefined ? {} : { cost }) }
  return new LlmRefiner({
    url: options.endpoint,
    apiKey: languageModel(from).key,
    model: options.model,
    temperature: options.temperature,
    maxOutputTokens: options.maxOutputTokens,
    maxTokensField: options.maxTokensField,
    structure: options.structure,
    timeoutMs: options.timeout * 1000,
    instruction: await readInstruction(options.instruction),
    price: options.price,
    budget: new Budget(limits, spent),
    retry,
  })
}
