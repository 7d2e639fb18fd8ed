import { retry } from '@promptloom/http/retry'
import { serviceFetch } from '@promptloom/http/service-fetch'
import { Budget } from '@promptloom/refine/budget'
import { readInstruction } from '@promptloom/refine/instruction'
import type { Refiner } from '@promptloom/refine/refiner'
import { type Environment, environment } from '../environment.ts'
import type { RefineOptions } from './refine-options.ts'
import { openAiKey } from './secret.ts'

/**
 * The refiner that the configuration means: a language model where an endpoint is given, else the offline one, which
 * says that it is none.
 *
 * @param spent what earlier runs have used of the same budget
 * @throws RefineInputError for an address, an instruction or a budget that can't be used; UserError for a key that
 * is not there, or that must not go where it would
 */
export async function openRefiner(
  options: RefineOptions,
  { spent, from = environment() }: { spent?: { tokens?: number; cost?: number }; from?: Environment } = {},
): Promise<Refiner> {
  const { endpoint, keyEnv, plainHttp } = options
  // Either is loaded where it is used: the client of a language model takes longer to load than most commands run.
  if (endpoint === undefined) return new (await import('@promptloom/refine/offline-refiner')).OfflineRefiner()
  const { LlmRefiner } = await import('@promptloom/refine/llm-refiner')
  const key = openAiKey({ section: 'refine', address: endpoint, keyEnv, plainHttp }, from)
  const { tokens, cost } = options.budget
  const limits = { ...(tokens === undefined ? {} : { tokens }), ...(cost === undefined ? {} : { cost }) }
  return new LlmRefiner({
    url: endpoint,
    apiKey: key.value,
    keyAdvice: key.advice,
    model: options.model,
    temperature: options.temperature,
    maxOutputTokens: options.maxOutputTokens,
    maxTokensField: options.maxTokensField,
    structure: options.structure,
    timeoutMs: options.timeout * 1000,
    instruction: await readInstruction(options.instruction),
    price: options.price,
    budget: new Budget(limits, spent),
    fetch: serviceFetch(),
    retry,
  })
}
