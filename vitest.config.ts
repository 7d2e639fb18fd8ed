import { join } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'
import { CountReporter } from './tests/count-reporter.ts'
import { LongestFirst } from './tests/longest-first.ts'

/** Tests that load no engine, shut no decoder and set no global. */
const SHARED = [
  'packages/{clip,dataset,generate,http,refine,runner,search}/**/*.test.ts',
  'pipelines/{display,download,measurement}/**/*.test.ts',
]

export default defineConfig({
  resolve: { alias: [{ find: /^fast-check$/, replacement: join(import.meta.dirname, 'tests/fixed-seed.ts') }] },
  test: {
    // chDB must never be loaded in a worker thread.
    pool: 'forks',
    // One more than vitest's own choice on two cores: many tests wait for processes and sockets.
    maxWorkers: 2,
    projects: [
      // A process for each file costs a third of a second; what leaves nothing behind in one shares it.
      { extends: true, test: { name: 'shared process', isolate: false, include: SHARED } },
      {
        extends: true,
        test: {
          name: 'own process',
          include: ['packages/**/*.test.ts', 'pipelines/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SHARED],
        },
      },
    ],
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', new CountReporter()],
  },
})
