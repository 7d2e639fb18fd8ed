import { useEffect, useState } from 'preact/hooks'
import type { Job } from '../api/job.ts'
import { followJob } from '../api/loop.ts'

/** A job as far as it is known. */
export interface KnownJob {
  readonly job: Job | null
  readonly failure: Error | null
}

const UNKNOWN: KnownJob = { job: null, failure: null }

/**
 * Follows a job while it is looked at.
 * @param turn another number follows it anew, e.g. after it was tried again
 */
export function useJob(id: string | undefined, turn = 0): KnownJob {
  const [known, setKnown] = useState<KnownJob>(UNKNOWN)
  useEffect(() => {
    setKnown(UNKNOWN)
    if (id === undefined) return
    const followed = followJob(
      id,
      (job) => setKnown({ job, failure: null }),
      (failure) => setKnown({ job: null, failure: failure as Error }),
    )
    return () => followed.stop()
  }, [id, turn])
  return known
}
