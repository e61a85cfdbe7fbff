"""The planner's questions, one module each; saved runs; statistics of comparisons.

Every study is a function of what is decided and of ``Futures``, which say once how it is run (``Execution``: seed,
replications, processes, progress, where finished parts are kept) and replay the same futures under any plan,
allocation and options, none of them twice::

    batch = futures.replay(plan, allocation, options, label="what the progress bar says")

``futures.prepare`` runs beforehand what several calls of ``replay`` will ask for, which is sooner done together.

To add a study that can be asked for, saved as a run, shown, repeated, continued and listed: one module with

- its request, a subclass of ``QuarterRequest`` (or ``Request``) with the fields that it heeds and
  ``study: Literal["its name"] = "its name"``;
- its result, a frozen ``Record`` of ids and figures, sentences left to ``reports``; of one allocation's quarter a
  ``QuarterResult``, begun with ``futures.heading``;
- ``_answer(request, inputs, futures) -> Answer(allocation, result, batches to save)``;
- ``STUDY = Study(ItsRequest, ItsResult, _answer, headline, …)``, which also says what ``--require`` and ``--precision``
  may be about;

then one entry in ``registry.STUDIES``, one page in ``reports.pages.run.PAGES`` and one command that calls
``commands.asking.answer("its name", …)``.
"""
