/** `pnpm check:arrows`: prints every import that points the wrong way, and fails if there is one. */
import { checkArrows } from './arrows.ts'
import { repositoryRoot } from './workspaces.ts'

const problems = checkArrows(repositoryRoot)
for (const problem of problems) console.error(problem)
console.log(problems.length === 0 ? 'Import arrows hold.' : `${problems.length} import arrows point the wrong way.`)
process.exitCode = problems.length === 0 ? 0 : 1
