import { searchEndpoints } from '@promptloom/search/server/search-endpoints'
import { jobEndpoints } from './job-endpoints.ts'
import { mapEndpoints } from './map/map-endpoints.ts'
import { rowEndpoints } from './row-endpoints.ts'
import { runEndpoints } from './run-endpoints.ts'

/** Every endpoint of a studio, in the order in which its routes are. */
export const studioEndpoints = [...searchEndpoints, ...jobEndpoints, ...rowEndpoints, ...mapEndpoints, ...runEndpoints]
