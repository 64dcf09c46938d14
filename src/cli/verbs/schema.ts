import { studyJsonSchema } from '../../experiment/studyschema.ts';
import { example, type Verb } from '../context.ts';
import { EXIT } from '../exit.ts';

/** `ringsim schema`: the JSON Schema of study files, for editors. */
export const schema: Verb = (program, context, finish) => {
  program
    .command('schema')
    .description('print the JSON Schema of study files')
    .option('--json', 'the same; the schema is JSON already')
    .addHelpText('after', example('schema > experiments/study.schema.json'))
    .action(() => {
      context.out(`${JSON.stringify(studyJsonSchema(), undefined, 2)}\n`);
      finish(EXIT.ok);
    });
};
