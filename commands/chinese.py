"""Help in Chinese: what commands, arguments and options say in English, and what that is in Chinese.

Read only where help is asked for in Chinese. The English text is the key, so that it is written beside what it tells
of, and an option that several commands take is translated once.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["BLANKS", "EXAMPLE", "HELP", "MARKS", "PANELS", "USAGE"]

EXAMPLE = ("Example: ", "示例：")
"""How the last line of a command's help begins."""
USAGE = ("Usage: ", "用法：")
"""How the first line begins."""
BLANKS: Mapping[str, str] = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]..."}
"""What stands in it for what is to be put there."""
MARKS: Mapping[str, str] = {
    "DEFAULT_STRING": "[默认：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
    "ENVVAR_STRING": "[环境变量：{}]",
    "DEPRECATED_STRING": "（已弃用）",
}
"""Typer's own words beside an option, by the names that they have in ``typer.rich_utils``."""
PANELS: Mapping[str, str] = {"arguments": "参数", "options": "选项", "commands": "命令"}

HELP: Mapping[str, str] = {
    # the program
    "Plan a sales quarter and stress-test the plan before it starts.": "制定季度销售计划，并在季度开始前做压力测试。",
    "Version.": "显示版本。",
    "Install completion for the current shell.": "为当前终端安装命令补全。",
    "Show completion for the current shell, to copy it or customize the installation.": "显示当前终端的命令补全脚本，以便复制或自行安装。",
    "Show this message and exit.": "显示本帮助并退出。",
    # what many commands take
    "Default: QUARTERDECK_LANGUAGE, else the system's.": "默认：环境变量 QUARTERDECK_LANGUAGE，否则为系统语言。",
    "Folder or YAML file of a plan, or a built-in plan.": "计划文件夹、YAML 文件或内置计划。",
    "Folder or YAML file, or a built-in plan.": "计划文件夹、YAML 文件或内置计划。",
    "A scenario; repeatable.": "情景，可重复使用。",
    "Change a figure of the plan; repeatable.": "修改计划中的一个数值，可重复使用。",
    "An allocation made by hand, CSV or .xlsx.": "手工目标分解方案，CSV 或 .xlsx。",
    "Print the result as JSON and nothing else.": "只输出 JSON 结果。",
    "Another seed, other futures.": "换一个随机种子，得到另一组未来情形。",
    "Quarters to simulate.": "模拟次数。",
    "Processes; default: number of cores.": "进程数，默认为处理器核数。",
    "Dask cluster that computes instead: tcp://HOST:PORT.": "改由 Dask 集群计算：tcp://HOST:PORT。",
    "Risks in play: K1,K5 or none or all.": "计入的风险：K1,K5，或 none、all。",
    "Contingency plans held: ids, none, all.": "备好的应急预案：编号，或 none、all。",
    "Let it strike; repeatable.": "强制该风险发生，可重复使用。",
    "Risks to stress; default: all in play.": "做压力测试的风险，默认为全部计入的风险。",
    "Exit 6 if the mean fails it; repeatable.": "均值不满足时以退出码 6 结束，可重复使用。",
    "As many quarters as give ±X, for instance 0.02 or cash=1%.": "模拟到误差不超过 ±X 为止，例如 0.02 或 cash=1%。",
    "Most that --precision may take.": "--precision 最多可用的时间。",
    "What verdicts are about: contribution, signed, cash, p_target.": "结论所依据的指标：contribution、signed、cash、p_target。",
    "Where runs are saved.": "保存运行记录的文件夹。",
    # plans
    "Copy a built-in plan as a folder, any plan as an Excel workbook, or a mapping as a file, to be edited.": "把内置计划复制为文件夹，或把任一计划写成 Excel 工作簿，或把字段映射复制为文件，以便修改。",
    "Folder to make.": "要新建的文件夹。",
    "Plan to copy.": "要复制的计划。",
    "Make a workbook instead.": "改为生成工作簿。",
    "Say everything that is wrong or odd in a plan.": "列出计划中所有错误和可疑之处。",
    "Make a plan of a CRM export.": "用 CRM 导出数据生成计划。",
    "Folder with the files of a CRM export, or its only file.": "CRM 导出文件所在文件夹，或唯一的导出文件。",
    "Day of planning: 2017-10-01.": "制定计划的日期：2017-10-01。",
    "Plan folder to make.": "要新建的计划文件夹。",
    "Preset or YAML: which column is what.": "预设名称或 YAML 文件，说明各列的含义。",
    "Target; default: the last quarter with growth.": "季度目标，默认为上季度加增长。",
    "Growth on the last quarter: 0.05 is 5%.": "比上季度的增长：0.05 即 5%。",
    "Weeks of the quarter.": "季度的周数。",
    "Edited plan folder: renew its deals and accounts, as --out.": "已修改的计划文件夹：更新其中的商机和客户，写入 --out。",
    # the quarter
    "Allocate, simulate and stress-test a plan.": "对计划做目标分解、模拟和压力测试。",
    "Compute a saved run again and compare.": "重新计算已保存的运行记录并核对。",
    "Continue any study that was interrupted.": "继续被中断的任何计算。",
    "Say what may happen in the quarter.": "说明本季度可能出现的结果。",
    "Set B against A on identical futures: options with --to- are B's, the others A's or of both.": "在同一组未来情形下对比 B 与 A：带 --to- 的选项属于 B，其余属于 A 或两者共用。",
    "A scenario of B; repeatable.": "B 的情景，可重复使用。",
    "A figure of B; repeatable.": "B 的一个数值，可重复使用。",
    "B's allocation: a file, or even, last_quarter, literal.": "B 的目标分解方案：文件，或 even、last_quarter、literal。",
    "B's contingency plans; default: A's.": "B 的应急预案，默认与 A 相同。",
    "B keeps A's allocation, or decides anew.": "B 沿用 A 的目标分解方案，或重新分解。",
    "Set every risk against every contingency plan.": "对每项风险逐一检验应急预案。",
    "Share the shortfall out among risks.": "把缺口分摊到各项风险。",
    "Say what contingency plans are worth, net of all they cost.": "说明各项应急预案扣除全部成本后的价值。",
    "Plans to look at in depth; default: all in short.": "要深入分析的预案，默认简要列出全部。",
    "Tell one simulated quarter as a story: what struck, what was tried, what it changed.": "讲述一次模拟的季度：发生了什么、采取了什么、改变了什么。",
    "Number of the quarter to tell.": "要讲述的模拟序号。",
    "Tell of one rep.": "只讲一名销售人员。",
    "Tell of one opportunity.": "只讲一个商机。",
    "Tell of one customer.": "只讲一个客户。",
    "Tell of one week, of one rep with --rep.": "只讲一周；与 --rep 合用时只讲该销售人员。",
    # the allocation
    "Decide quotas and budget.": "确定销售指标和预算。",
    "What moving a rule brings; default: if not too many.": "计算规则变动的代价；默认在计划不太大时计算。",
    "Also how far each price holds; takes longer.": "同时给出每个代价的适用范围，用时更长。",
    "Apply the N-th repair of a plan without an allocation.": "对无可行方案的计划采用第 N 条调整建议。",
    "Of the best, the one nearest to a previous allocation.": "在最优方案中选与此前方案最接近的。",
    "Correct by simulation and decide again, so many times.": "按模拟结果修正后重新分解，重复若干次。",
    "Write the allocation to a file, to edit.": "把目标分解方案写入文件，以便修改。",
    "Say why quotas are what they are; without ids a table of all.": "说明指标的由来；不给编号时列出全部。",
    "A rep; repeatable.": "销售人员，可重复使用。",
    "A region; repeatable.": "区域，可重复使用。",
    "Set the best allocation beside others nearly as good and rules of thumb.": "把最优方案与接近最优的方案及经验做法并列比较。",
    "Alternatives to look for.": "要寻找的备选方案数。",
    "Contribution that one may give up: 1%.": "可放弃的边际贡献：1%。",
    "An allocation made by hand, beside them; repeatable.": "一并比较的手工方案，可重复使用。",
    "Write each as CSV into a new folder.": "把每个方案以 CSV 写入新文件夹。",
    "Say how even quotas and work are among reps, and what more evenness costs.": "说明销售人员之间指标与工作量的均衡程度，以及更均衡的代价。",
    "What is to be even in the trade-off.": "权衡中要均衡的内容。",
    "Points of the trade-off curve.": "权衡曲线的点数。",
    "Move one figure of the plan over a range and allocate at each value.": "让计划中的一个数值在区间内变动，逐一分解。",
    "target=-10%..+20%, rules.R3.ratio=0.5..0.7": "target=-10%..+20%、rules.R3.ratio=0.5..0.7",
    "Values, evenly spaced.": "等距取值的个数。",
    "Say where every sum of money goes and what of it is only a chance.": "说明每笔资金的去向，以及其中只是可能发生的部分。",
    "Take chances and the allocation from a saved simulation.": "从已保存的模拟中取概率和目标分解方案。",
    # decisions
    "Choose the best set of contingency plans under a budget.": "在预算内选出最优的应急预案组合。",
    "Most that a set may cost, expected.": "一个组合的期望成本上限。",
    "cvar: the worst tenth's mean contribution.": "cvar：最差 10% 情形的边际贡献均值。",
    "Difference that matters: money, or 2% of the target; points: 5%.": "有意义的差异：金额，或季度目标的 2%；概率为 5%。",
    "With which it is promised.": "保证所依据的置信度。",
    "Contingency plans to choose from.": "可供选择的应急预案。",
    "Futures at most.": "最多模拟的未来情形数。",
    "Rank allocations by what they come to on identical futures.": "按同一组未来情形下的结果给目标分解方案排序。",
    "Write the first allocation to a file.": "把排名第一的方案写入文件。",
    "Say which of the figures that nobody knows the answer rests on, and what would turn the decision.": "说明结果取决于哪些尚不确定的数值，以及什么会使决定改变。",
    "What is explained.": "要解释的指标。",
    "Also: what turns this allocation against: even, literal, …": "另外：在什么情况下该方案不如 even、literal 等。",
    "A contingency plan to turn round; repeatable.": "要检验结论是否会改变的应急预案，可重复使用。",
    "Only these ranges; repeatable.": "只看这些取值范围，可重复使用。",
    "Over all ranges at once; takes far longer.": "同时考虑全部取值范围，用时长得多。",
    "Trajectories of Morris, base sample of Sobol.": "Morris 的轨迹数，Sobol 的基础样本数。",
    "Find what would bring the contribution, or the chance of the target, to a goal.": "找出怎样才能使边际贡献或目标达成概率达到要求。",
    "Expected contribution to reach.": "要达到的期望边际贡献。",
    "Chance of the target to reach: 70%.": "要达到的目标达成概率：70%。",
    "With --chance: what an hour of a rep costs.": "与 --chance 合用：销售人员每小时的成本。",
    "Say how much more than the target to hand out as quotas, and which quotas give all reps the same chance.": "说明指标应比季度目标上浮多少，以及怎样的指标使人人达标概率相同。",
    "Wanted chance of a covered target: 50%.": "希望达到的概率：50%。",
    "Write quotas of equal chance to a file.": "把概率相同的指标写入文件。",
    "Say how well the Friday lights warn, and what acting on them is worth.": "说明每周五红黄绿灯的预警效果，以及据此行动的价值。",
    "Say what a strategy test can see, and the test that would be big enough.": "说明策略测试能看出多大的差异，以及多大的测试才够。",
    "Policy with the test; default: the first.": "含测试的政策，默认为第一项。",
    # a company's own past
    "Say what the model would have said about past quarters, against what happened.": "用过去的季度检验模型：当时会怎么预测，实际如何。",
    "First days of past quarters, with commas; repeatable.": "过去各季度的首日，用逗号分隔，可重复给出。",
    "Copy the mapping of a CRM export instead: salesforce.": "改为复制 CRM 导出数据的字段映射：salesforce。",
    "The last so many windows of 12 weeks.": "最近若干个 12 周窗口。",
    "Weeks between their starts.": "相邻窗口起点相隔的周数。",
    "Simulations of each window.": "每个窗口的模拟次数。",
    # saved runs and documents
    "Show a saved run again, or what there is of one that was interrupted.": "再次显示已保存的运行记录，或被中断者已有的部分。",
    "Folder or name of a saved run, or: latest.": "运行记录的文件夹或名称，或 latest（最近一次）。",
    "List saved runs, newest first.": "列出运行记录，最新的在前。",
    "Make a report of a saved run: one HTML file, to be read, printed and handed on.": "用运行记录生成报告：一个 HTML 文件，可阅读、打印、转发。",
    "A saved run, or latest; others become further sections.": "运行记录，或 latest；其余的成为后续章节。",
    "HTML file to write.": "要写入的 HTML 文件。",
    "Only the one page for those who decide.": "只要供决策者看的一页。",
    "Also every chart, as SVG and PNG.": "同时输出每张图表的 SVG 和 PNG。",
    "Even where a check of the run fails.": "即使有检查项不通过也照样生成。",
    "Write quota letters: a page per rep with the number, why it is that number, and the path by week.": "生成目标责任书：每人一页，写明指标、由来和逐周目标。",
    "A saved run or allocation, or: latest.": "运行记录或目标分解方案，或 latest。",
    "Where the letters go.": "存放目标责任书的文件夹。",
    "Tell each rep the chance of reaching the quota.": "写明个人达标概率。",
    "Also one sheet with a line per rep.": "同时生成一张工作表，每人一行。",
    "Write a saved run as an Excel workbook, whose allocation can be edited and handed back, or as slides.": "把运行记录导出为 Excel 工作簿（其中的目标分解方案可修改后交回）或演示文稿。",
    "Workbook to make.": "要生成的工作簿。",
    "Slides to make.": "要生成的演示文稿。",
}
