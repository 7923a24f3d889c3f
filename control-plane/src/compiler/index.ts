export { type CompileResult, compileMesh } from './compile-mesh.ts';
export type { CompileCode } from './findings.ts';
