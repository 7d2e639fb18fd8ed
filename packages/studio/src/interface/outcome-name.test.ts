import { expect, it } from 'vitest'
import { outcomeName } from './outcome-name.ts'

it.each([
  ['ok', 'ok'],
  ['http_404', 'HTTP 404'],
  ['no_url', 'no URL'],
  ['missing_id', 'missing ID'],
  ['llm_refused', 'LLM refused'],
  ['bad_width', 'bad width'],
])('the outcome %s is said %s', (outcome, said) => expect(outcomeName(outcome)).toBe(said))
