import { type DocumentOf, findingLine, loadPolicies } from '@paymesh/common/policy';

/** The KeySet `pay/merchants` of the file `/mesh/keys.yaml`; its spec begins on line 5. Throws on a mistake in it. */
export function keySetOf(spec: string): DocumentOf<'KeySet'> {
  const head =
    'apiVersion: paymesh.dev/v1\nkind: KeySet\nmetadata: {name: merchants, namespace: pay}\nspec:\n';
  const body = spec
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  const { documents, findings } = loadPolicies([{ path: '/mesh/keys.yaml', text: `${head}${body}\n` }]);
  const document = documents.find(({ kind }) => kind === 'KeySet');
  if (document?.kind === 'KeySet') return document;
  throw new Error(findings.map(findingLine).join('\n'));
}
