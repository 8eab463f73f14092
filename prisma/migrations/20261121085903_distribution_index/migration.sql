-- CreateIndex
CREATE INDEX "call_hotline_id_phase_language_nobody_there_idx" ON "call"("hotline_id", "phase", "language", "nobody_there");
