-- CreateTable
CREATE TABLE "note_document" (
    "call_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "note_document_pkey" PRIMARY KEY ("call_id")
);

-- CreateTable
CREATE TABLE "note_change" (
    "call_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "sealed" TEXT NOT NULL,

    CONSTRAINT "note_change_pkey" PRIMARY KEY ("call_id","seq")
);

-- CreateTable
CREATE TABLE "note_author" (
    "call_id" UUID NOT NULL,
    "operator_id" UUID NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "note_author_pkey" PRIMARY KEY ("call_id","operator_id")
);

-- CreateTable
CREATE TABLE "intake_form" (
    "hotline_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "definition" JSONB NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL,
    "saved_by" UUID NOT NULL,

    CONSTRAINT "intake_form_pkey" PRIMARY KEY ("hotline_id","version")
);

-- CreateTable
CREATE TABLE "follow_up" (
    "id" UUID NOT NULL,
    "hotline_id" UUID NOT NULL,
    "call_id" UUID,
    "sealed_title" TEXT NOT NULL,
    "due_on" TEXT,
    "assignee_id" UUID,
    "state" TEXT NOT NULL DEFAULT 'open',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,
    "done_at" TIMESTAMPTZ(3),
    "done_by" UUID,

    CONSTRAINT "follow_up_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "note_author_operator_id_idx" ON "note_author"("operator_id");

-- CreateIndex
CREATE INDEX "follow_up_hotline_id_state_due_on_idx" ON "follow_up"("hotline_id", "state", "due_on");

-- CreateIndex
CREATE INDEX "follow_up_call_id_idx" ON "follow_up"("call_id");

-- AddForeignKey
ALTER TABLE "note_document" ADD CONSTRAINT "note_document_call_id_fkey" FOREIGN KEY ("call_id") REFERENCES "call"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "note_change" ADD CONSTRAINT "note_change_call_id_fkey" FOREIGN KEY ("call_id") REFERENCES "note_document"("call_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "note_author" ADD CONSTRAINT "note_author_call_id_fkey" FOREIGN KEY ("call_id") REFERENCES "note_document"("call_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "intake_form" ADD CONSTRAINT "intake_form_hotline_id_fkey" FOREIGN KEY ("hotline_id") REFERENCES "hotline"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "follow_up" ADD CONSTRAINT "follow_up_hotline_id_fkey" FOREIGN KEY ("hotline_id") REFERENCES "hotline"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "follow_up" ADD CONSTRAINT "follow_up_call_id_fkey" FOREIGN KEY ("call_id") REFERENCES "call"("id") ON DELETE SET NULL ON UPDATE CASCADE;
