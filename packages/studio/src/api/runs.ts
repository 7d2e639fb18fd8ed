import { pathOf, request } from './request.ts'
import type { PipelineStand, ReportList, RunList } from './run.ts'

/** Every stage with its ledger, and who is at work. */
export function readPipeline(): Promise<PipelineStand> {
  return request('/api/pipeline')
}

/** The runs on record, newest first. */
export async function readRuns(): Promise<RunList['runs']> {
  return (await request<RunList>('/api/runs')).runs
}

/** The reports, newest first. */
export async function readReports(): Promise<ReportList['reports']> {
  return (await request<ReportList>('/api/reports')).reports
}

/** Address of a report's page. */
export function reportOf(name: string): string {
  return pathOf('reports', name)
}
