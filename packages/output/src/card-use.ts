/** How to load the sets and train on them, as a section of the data card. */
export function cardUse(): string {
  return use
}

const use = `## Use

\`\`\`python
from datasets import interleave_datasets, load_dataset

generation = load_dataset("DIR", "generation", split="train")
\`\`\`

\`prompt\` and \`completion\` are the columns that TRL's \`SFTTrainer\` takes, with the loss on the completion alone:

\`\`\`python
from trl import SFTConfig, SFTTrainer

trainer = SFTTrainer(model="MODEL", args=SFTConfig(output_dir="OUT", max_length=4096), train_dataset=generation)
trainer.train()
\`\`\`

A prompt ends with a blank line, as Idiolect asks a server with \`generate.api=completions\`. A model that is asked with \`generate.api=chat\`
gets the prompt as the user's turn:

\`\`\`python
def for_chat(row):
    return {
        "prompt": [{"role": "user", "content": row["prompt"].removesuffix("\\n\\n")}],
        "completion": [{"role": "assistant", "content": row["completion"]}],
    }

generation = generation.map(for_chat, remove_columns=generation.column_names)
\`\`\`

The paper mixes author distinction with generation one to one; the two sets have a row for each training target:

\`\`\`python
authors = load_dataset("DIR", "author-distinction", split="train")
columns = ["prompt", "completion"]
mixed = interleave_datasets([generation.select_columns(columns), authors.select_columns(columns)])
\`\`\`

The prompts have x_t unchanged, so a generator that was trained on them is run with \`--set prompt.wholeWords=false\`.`
