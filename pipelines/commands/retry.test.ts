import { UserError } from '@promptloom/runner/errors'
import { describe, expect, test } from 'vitest'
import { configurationSchema } from '../configuration.ts'
import { buildPipeline } from '../pipeline.ts'
import { parseOutcomes } from './retry.ts'

const pipeline = buildPipeline(configurationSchema.parse({ workspace: '/w', source: '/p.csv', model: '/m' }))
const named = (stage: string, names: string) => [...parseOutcomes(pipeline, stage, names)].sort()

describe('outcomes to try again', () => {
  test.each<[string, string, readonly string[], string]>([
    ['fetch-images', 'timeout', ['timeout'], 'one'],
    ['fetch-images', 'timeout,http_5xx', ['http_5xx', 'timeout'], 'several'],
    ['fetch-images', ' timeout , http_5xx ', ['http_5xx', 'timeout'], 'with blanks around them'],
    ['fetch-images', 'timeout,,timeout,', ['timeout'], 'with commas too many, or one twice'],
    ['download', 'bad_size', ['bad_size'], 'of another stage'],
    ['embed', 'ok_truncated', ['ok_truncated'], 'also of rows that are well: another model may know better'],
  ])('%s: %j is %j (%s)', (stage, names, expected) => {
    expect(named(stage, names)).toEqual(expected)
  })

  test.each<[string, string, RegExp]>([
    ['fetch-images', 'timout', /^fetch-images has no outcome "timout"; did you mean "timeout"\? Outcomes: .*http_404/],
    ['fetch-images', 'timeout,http_5x', /no outcome "http_5x"; did you mean "http_5xx"/],
    ['download', 'timeout', /^download has no outcome "timeout"/],
    ['fetch-images', '', /^--outcome is empty; name outcomes of fetch-images: ok, /],
    ['fetch-images', ' , ,', /^--outcome is empty/],
    ['fetch', 'timeout', /There is no stage "fetch"; did you mean "fetch-images"/],
    ['', 'timeout', /There is no stage ""/],
    ['constructor', 'timeout', /There is no stage "constructor"/],
    ['fetch-images', 'constructor', /has no outcome "constructor"/],
  ])('%j with %j is the user’s mistake', (stage, names, message) => {
    const attempt = () => parseOutcomes(pipeline, stage, names)
    expect(attempt).toThrow(UserError)
    expect(attempt).toThrow(message)
  })
})
