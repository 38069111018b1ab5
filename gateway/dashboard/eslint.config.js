import importX from 'eslint-plugin-import-x';
import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Imports go one way: app, pages, features, shared. A feature does not use another one. */
const oneWay = (files, ...forbidden) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: forbidden.map((group) => ({ group: [group], message: 'Imports go one way: app → pages → features → shared.' })) }],
  },
});

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/shared/api/schema.d.ts'] },
  ...tseslint.configs.recommended,
  {
    plugins: { 'import-x': importX, 'react-hooks': hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      // The virtualiser's functions are meant to be called again at each render.
      'react-hooks/incompatible-library': 'off',
      'import-x/no-cycle': 'error',
      'import-x/no-self-import': 'error',
    },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.tsx'] } } },
  },
  oneWay(['src/shared/**'], '@/app/*', '@/pages/*', '@/features/*'),
  oneWay(['src/features/**'], '@/app/*', '@/pages/*'),
  oneWay(['src/pages/**'], '@/app/*'),
);
