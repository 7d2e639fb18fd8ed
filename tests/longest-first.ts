import { relative, resolve } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const root = resolve(import.meta.dirname, '..')

/** Files that take longest, longest first: they wait for processes that are killed, measured or served. */
export const LONG = [
  'tests/kill.test.ts',
  'packages/studio/src/browser.test.ts',
  'packages/studio/src/map/map-page.test.ts',
  'tests/loop.test.ts',
  'tests/search.test.ts',
  'pipelines/studio/studio.test.ts',
  'pipelines/embed/kill.test.ts',
  'pipelines/benchmark/stage.test.ts',
  'pipelines/fetch-images/resume.test.ts',
  'pipelines/fetch-images/stage.test.ts',
  'pipelines/benchmark/sweep.test.ts',
  'pipelines/commands/asking-commands.test.ts',
  'pipelines/commands/loop-commands.test.ts',
  'packages/clip/src/model.test.ts',
  'pipelines/download/kaggle.test.ts',
  'tests/contract/myscale-faults.test.ts',
]

/** What decides a file's place: files of one project follow one another, as they share processes. */
interface Place {
  readonly project: string
  readonly long: number
}

/**
 * Starts the longest files first, so that none of them is what everybody waits for at the end; files that may share a
 * process stay together, because vitest ends a process whose next file is of another project.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const places = new Map(files.map((file) => [file, placeOf(file)]))
    const place = (file: TestSpecification) => places.get(file) as Place
    return (await super.sort(files)).sort((one, other) => inOrder(place(one), place(other)))
  }
}

function placeOf({ moduleId, project }: TestSpecification): Place {
  const at = LONG.indexOf(relative(root, moduleId))
  return {
    // What nobody shares comes first.
    project: project.config.isolate ? '' : project.name,
    long: at < 0 ? LONG.length : at,
  }
}

function inOrder(one: Place, other: Place): number {
  if (one.project !== other.project) return one.project < other.project ? -1 : 1
  return one.long - other.long
}
