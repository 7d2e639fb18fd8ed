import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { CountReporter } from './tests/count-reporter.ts'
import { LongestFirst } from './tests/longest-first.ts'

export default defineConfig({
  resolve: { alias: [{ find: /^fast-check$/, replacement: join(import.meta.dirname, 'tests/fixed-seed.ts') }] },
  test: {
    // chDB must never be loaded in a worker thread.
    pool: 'forks',
    // One more than vitest's own choice on two cores: many tests wait for processes and sockets.
    maxWorkers: 2,
    include: ['packages/**/*.test.ts', 'pipelines/**/*.test.ts', 'tests/**/*.test.ts'],
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', new CountReporter()],
  },
})
