import { relative, resolve } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take longest, longest first: they wait for processes that are killed, measured or served. */
export const LONG = [
  'tests/kill.test.ts',
  'packages/studio/src/browser.test.ts',
  'packages/studio/src/map/map-page.test.ts',
  'pipelines/benchmark/stage.test.ts',
  'tests/loop.test.ts',
  'packages/http/src/throttle.test.ts',
  'pipelines/fetch-images/resume.test.ts',
  'tests/search.test.ts',
  'pipelines/fetch-images/stage.test.ts',
  'pipelines/benchmark/sweep.test.ts',
  'pipelines/commands/asking-commands.test.ts',
  'pipelines/commands/loop-commands.test.ts',
  'packages/clip/src/model.test.ts',
  'pipelines/download/kaggle.test.ts',
  'tests/contract/myscale-faults.test.ts',
  'pipelines/studio/browser.test.ts',
  'pipelines/embed/kill.test.ts',
]

/** Starts the longest files first, so that none of them is what everybody waits for at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = LONG.indexOf(relative(resolve(import.meta.dirname, '..'), moduleId))
      return at < 0 ? LONG.length : at
    }
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}
