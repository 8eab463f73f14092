-- AlterTable
ALTER TABLE "prompt" ADD COLUMN     "cuts" JSONB,
ADD COLUMN     "retired_at" TIMESTAMPTZ(3),
ADD COLUMN     "words" TEXT;

-- CreateTable
CREATE TABLE "own_prompt" (
    "hotline_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "prompt_id" UUID NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "own_prompt_pkey" PRIMARY KEY ("hotline_id","kind","language")
);

-- CreateIndex
CREATE INDEX "own_prompt_prompt_id_idx" ON "own_prompt"("prompt_id");

-- AddForeignKey
ALTER TABLE "own_prompt" ADD CONSTRAINT "own_prompt_hotline_id_fkey" FOREIGN KEY ("hotline_id") REFERENCES "hotline"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "own_prompt" ADD CONSTRAINT "own_prompt_prompt_id_fkey" FOREIGN KEY ("prompt_id") REFERENCES "prompt"("id") ON DELETE CASCADE ON UPDATE CASCADE;
