"""What the rooms below say in English, findings and problems of plan files above all, with its Chinese.

The English sentence is the id, as in gettext; its blanks have names here. A blank's content is itself looked up here, so
that a sentence inside a sentence is translated too. What is not here is shown in English.
"""

from __future__ import annotations

from reports.chinese.refusals import REFUSALS

__all__ = ["MESSAGES", "SENTENCES"]

SENTENCES: dict[str, str] = {}

MESSAGES: dict[str, str] = {
    # findings of a plan
    "{rule} gives {total} of quotas, {share} of the company target of {target}; the target stays what the chance is "
    "measured against.": "{rule} 使销售指标合计为 {total}，为公司季度目标 {target} 的 {share}；达成概率始终以季度目标衡量。",
    "The quotas of {rule} by home region, as a share of the region's planned amount: {regions}. Quotas by tier follow the "
    "heads, region targets follow the base.": "{rule} 的销售指标按所属区域汇总，占区域目标的比例：{regions}。按层级的指标随人数而定，"
    "区域目标随基数而定。",
    "The regions' planned amounts add up to {total}, {share} of the company target of {target} ({difference}).": "各区域目标"
    "合计 {total}，为公司季度目标 {target} 的 {share}（相差 {difference}）。",
    "{listed} ask for shares of the same sum that add up to {total}; they cannot hold together.": "{listed} 要求的占比针对同一"
    "总额，合计为 {total}，不能同时成立。",
    "{rule} holds {figure}, and its sentence says another figure: “{sentence}”": "{rule} 的数值是 {figure}，而规则文字写的是"
    "另一个数：“{sentence}”",
    "Contracts that expire before {phase} starts on {date}: {count} ({amount}); within 30 days after: {short} "
    "({short_amount}). Contacted in that phase, they are not contacted 30 days ahead.": "在 {phase} 于 {date} 开始之前到期的合同："
    "{count} 份（{amount}）；其后 30 天内到期：{short} 份（{short_amount}）。若到该阶段才联系，就做不到提前 30 天。",
    "The plan runs {weeks} weeks and does not say what the 13th week of the quarter is for.": "计划为期 {weeks} 周，未说明"
    "本季度第 13 周的用途。",
    "No holidays are given; every one of {days} working days is counted.": "未给出节假日；{days} 个工作日全部计入。",
    "{count} of the holidays fall on a Saturday or Sunday and change nothing: {dates}.": "有 {count} 个节假日落在周六或周日，"
    "不产生影响：{dates}。",
    "Of a contract signed in the quarter {due} falls due in it on average, so {threshold} collected can only be a share of "
    "what is due, never of what is signed.": "本季度签订的合同平均只有 {due} 在本季度到期，因此 {threshold} 的回款率只能以到期应收为分母，"
    "不能以签约额为分母。",
    "An instalment of {share} is due {days} days after the signature: only what is signed in the first {first} of the "
    "quarter's {quarter} days brings it in the quarter.": "占 {share} 的一期款项在签约后 {days} 天到期：本季度 {quarter} 天中，"
    "只有前 {first} 天签订的合同能在本季度收到该款。",
    "{count} receivables ({amount}) are overdue at the start; by the plan's own lateness {share} of that money is never "
    "paid. Where you know better, mend their due days or money.lateness, or leave out what nobody counts on.": "期初有 {count} "
    "笔应收账款（{amount}）已逾期；按本计划的付款习惯，其中 {share} 的金额收不回来。如另有了解，请更正到期日或 money.lateness，"
    "或删去已无人指望的款项。",
    "Activities at their full effect bring {region} {accepted} accepted opportunities; they ask {hours} rep hours, {share} "
    "of the {there} that there are, before any open opportunity or customer.": "市场活动充分投入时为 {region} 带来 {accepted} "
    "个商机，需要 {hours} 小时销售工时，为可用 {there} 小时的 {share}，尚未计入现有商机和客户。",
    "The leads of activities at their full effect ask at most half of the rep hours in {regions}, before any open "
    "opportunity or customer.": "市场活动充分投入时带来的商机，所需工时不超过可用销售工时一半的区域：{regions}，尚未计入现有商机和客户。",
    "{tier} customers are contacted {touches} x a week, and in {maturities} regions automatically: {automated} of "
    "{accounts} accounts have no personal contact.": "{tier} 类客户每周触达 {touches} 次，在 {maturities} 区域为自动触达："
    "{accounts} 个客户中有 {automated} 个没有人工触达。",
    "{policy} is to look in week {week}, at the end of the quarter: nothing of the quarter follows, so it does not.": "{policy} 定于第 {week} 周检查，届时本季度已结束，此后再无本季度的工作，因此不进行。",
    "The strategy test {policy} lasts to the end of the quarter: it comes to no verdict, and nothing is rolled out.": "策略试点 {policy} 持续到季度末：得不出结论，也不会推广。",
    "{plan} waits for {risk}, which is switched off: it will never be used.": "{plan} 以 {risk} 为触发条件，而该风险已关闭：不会启用。",
    "{plan} waits for a {light} light, and no policy that is on gives it in any week: it will never be used.": "{plan} 以 "
    "{light} 灯为触发条件，而没有生效的策略会亮此灯：不会启用。",
    "{criterion} counts who passed the exam of {measure}, which is switched off: nobody takes it, and the {share} are never "
    "reached.": "{criterion} 按 {measure} 的考核通过率评定，而该措施已关闭：无人参加考核，{share} 永远达不到。",
    "{criterion} counts who passed the exam of {measure}, of which no session is over when {phase} ends: the {share} are "
    "never reached.": "{criterion} 按 {measure} 的考核通过率评定，而到 {phase} 结束时该措施还没有一次举行完毕：{share} 永远达不到。",
    "{entry} costs {cost} and changes nothing.": "{entry} 花费 {cost}，但不产生任何变化。",
    "What {pool} ({amount}) buys brings no leads in this plan: every answer counts its cost alone, and cutting it looks "
    "free.": "{pool}（{amount}）所购事项在本计划中不带来线索：各项结果只计其成本，削减它看上去没有代价。",
    "Switched off and not kept: {listed}.": "已关闭、不再遵守：{listed}。",
    "No rep covers {region}: it can carry no quota.": "没有销售人员负责 {region}：不能承担销售指标。",
    "{region} has neither a base nor a target in money: it is planned at 0.": "{region} 既无基数也无目标金额：按 0 计划。",
    "{rep} has no hours to sell and counts as a head all the same.": "{rep} 没有可用工时，但仍计入人数。",
    "Hours do not carry all quotas that {rule} asks, at the mix of products of a rep's potential: they are enough for "
    "{listed}.": "按个人市场潜力的产品构成，工时不足以完成 {rule} 要求的全部指标：仅够 {listed}。",
    "{rule} changes nothing: the other rules and limits of the plan keep it in any case.": "{rule} 不起作用：计划的其他规则和上限"
    "无论如何都会使它得到满足。",
    "{rule} changes nothing: the other rules and limits of the plan keep it in any case, with at least {room} {currency} "
    "to spare.": "{rule} 不起作用：计划的其他规则和上限无论如何都会使它得到满足，且至少留有 {room} {currency} 的余地。",
    "the target in equal parts to all reps, each part evenly over the rep's products and regions": "季度目标平均分给每名销售人员，再平均"
    "分到其产品和区域",
    "the target by the reps' sales of the last quarter, each part by what sells in the rep's regions": "季度目标按销售人员上季销售额分配，"
    "再按其区域各产品的销售情况分配",
    "money by the regions' sales of the base period": "资金按各区域基期销售额分配",
    "shares and multiples of {rules} multiplied": "把 {rules} 的占比和倍数相乘",
    # problems of plan files: keys, values, types
    "unknown key": "未知的键",
    "unknown key {key}": "未知的键 {key}",
    "Did you mean {key}?": "是否应为 {key}？",
    "Known: {keys}.": "可用的有：{keys}。",
    "missing": "缺失",
    "is empty; {wanted} is wanted": "为空；应为{wanted}",
    "{value} is not {wanted}": "{value} 不是{wanted}",
    "{value} is none of {choices}": "{value} 不在可选值之内：{choices}",
    "{value} is not a finite number": "{value} 不是有限的数",
    "{value} is not an id": "{value} 不能作为编号",
    "Ids are letters, digits, _ and - (A-Z, no blanks).": "编号由字母、数字、_ 和 - 组成（不含空格）。",
    "must be more than {bound}, is {value}": "必须大于 {bound}，现为 {value}",
    "must be at least {bound}, is {value}": "必须不小于 {bound}，现为 {value}",
    "must be less than {bound}, is {value}": "必须小于 {bound}，现为 {value}",
    "must be at most {bound}, is {value}": "必须不大于 {bound}，现为 {value}",
    "is longer than {n} characters": "超过 {n} 个字符",
    "has {n} entries; at least {least} are needed": "有 {n} 项；至少需要 {least} 项",
    "has no {what}; the plan needs at least one": "没有 {what}；计划至少需要一项",
    "true or false": "true 或 false",
    "a date such as 2026-01-05": "形如 2026-01-05 的日期",
    "{value} is not a date such as 2026-01-05": "{value} 不是形如 2026-01-05 的日期",
    "a whole number": "整数",
    "a number": "数字",
    "a text": "文字",
    "a list": "列表",
    "a mapping of keys to values": "键与值的对应表",
    # problems of plan files: references and what contradicts itself
    "id given twice": "编号重复",
    "{problem}, first at {place}": "{problem}，首次出现在 {place}",
    "key given twice, first in line {line}": "键重复，首次出现在第 {line} 行",
    "there is no {kind} {value}": "没有 {kind} {value}",
    "there is no account {value}": "没有客户 {value}",
    "there is no activity {value}": "没有活动 {value}",
    "there is no budget pool {value}": "没有资金池 {value}",
    "there is no customer tier {value}": "没有客户分级 {value}",
    "there is no industry {value}": "没有行业 {value}",
    "there is no maturity {value}": "没有区域成熟度 {value}",
    "there is no measure {value}": "没有举措 {value}",
    "there is no phase {value}": "没有阶段 {value}",
    "there is no policy {value}": "没有调整规则 {value}",
    "there is no product {value}": "没有产品 {value}",
    "there is no product tier {value}": "没有产品层级 {value}",
    "there is no region {value}": "没有区域 {value}",
    "there is no region, maturity (or all) {value}": "没有区域或区域成熟度（或 all）{value}",
    "there is no rep {value}": "没有销售人员 {value}",
    "there is no rep tier {value}": "没有销售人员层级 {value}",
    "there is no risk {value}": "没有风险 {value}",
    "there is no shared resource {value}": "没有共用资源 {value}",
    "there is no source of opportunities {value}": "没有商机来源 {value}",
    "there is no stage {value}": "没有商机阶段 {value}",
    "there is no {value} in {section}": "{section} 中没有 {value}",
    "no {column} {value} in the plan": "计划中没有 {column} {value}",
    "Write {id}, the id of {name}.": "请填编号 {id}（{name}）。",
    "Write {share} for {percent}%.": "如为 {percent}%，请写 {share}。",
    "Write a share of at most 100%.": "请写不超过 100% 的占比。",
    "Write {number}.": "请写 {number}。",
    "Name it {name} if it is a note.": "如为备注，请改名为 {name}。",
    "there is no {kind} {value}; there are {known}": "没有 {kind} {value}；可用的有：{known}",
    "a rep covers at least one region": "每名销售人员至少负责一个区域",
    "a region is named twice: {regions}": "区域重复：{regions}",
    "{rep} covers {regions}, not {region}": "{rep} 负责 {regions}，不负责 {region}",
    "{date} is outside the quarter ({first} to {last})": "{date} 不在本季度内（{first} 至 {last}）",
    "{date} is not before the quarter starts ({first})": "{date} 不早于季度开始日（{first}）",
    "missing: {amount} come up for renewal": "缺失：有 {amount} 到期续约",
    "missing: the contract that comes up for renewal has a product": "缺失：到期续约的合同应注明产品",
    "missing: the activity brings leads": "缺失：该活动带来线索",
    "{what} add up to {total}, not 1 ({shown})": "{what} 合计为 {total}，而不是 1（{shown}）",
    "payment_terms add up to {total}, not 1": "payment_terms 合计为 {total}，而不是 1",
    "week {to} is before from_week {start}": "第 {to} 周早于 from_week {start}",
    "week {week} is beyond the quarter's {weeks} weeks": "第 {week} 周超出本季度的 {weeks} 周",
    "start {date} is a {day}; a quarter starts on a Monday": "起始日 {date} 不是周一（{day}）；季度应从周一开始",
    "the quarter has no working day": "本季度没有工作日",
    "low, mode and high are out of order": "low、mode、high 的顺序不对",
    "picks no cell of the {over}": "未选中 {over} 的任何格子",
    "picks no cell of the {over} ({picked})": "未选中 {over} 的任何格子（{picked}）",
    # clusters
    "--cluster {address} is no address of a Dask scheduler; write tcp://HOST:PORT": "--cluster {address} 不是 Dask 调度器的地址；请写成 tcp://主机:端口",
    "--cluster needs Dask, which is not installed; install it with: pip install distributed": "--cluster 需要 Dask，但尚未安装；请运行：pip install distributed",
    "no Dask scheduler answers at {address}; start one with: dask scheduler, and workers with: dask worker {place} --nthreads 1": "地址 {address} 没有 Dask 调度器应答；请先运行 dask scheduler，再在各台计算机上运行 dask worker {place} --nthreads 1",
    "the cluster at {address} has no worker; start some with: dask worker {place} --nthreads 1": "集群 {address} 没有工作进程；请运行：dask worker {place} --nthreads 1",
    "the worker {worker} cannot load Quarterdeck ({reason}); install it there as it is installed here": "工作进程 {worker} 无法载入 Quarterdeck（{reason}）；请在该计算机上安装与本机相同的版本",
    "the worker {worker} has {name} {theirs}, this computer {mine}; figures might differ: install the same on both": "工作进程 {worker} 的 {name} 为 {theirs}，本机为 {mine}；结果可能不一致，请在两边安装相同的版本",
    "the cluster at {address} has no worker left": "集群 {address} 已没有工作进程",
    "workers of the cluster were lost over the same part again and again, as happens when memory runs out": "集群的工作进程在同一部分上一再丢失，常见原因是内存不足",
    "the cluster at {address} does not answer any more": "集群 {address} 不再应答",
    # cells
    "holds the number {number}, which Excel also makes of {change}": "是数字 {number}，而 Excel 也会把 {change} 变成它",
    "Format the cell as text and write {number} for the value itself, {change} for a change by it.": "请把单元格设为文本，写 {number} 表示数值本身，写 {change} 表示按此比例变动。",
    "'{text}' can be {share}% or a change by it": "“{text}”可能是 {share}%，也可能是按此比例变动",
    "Write {share}% for the share itself.": "如为比例本身，请写 {share}%。",
    # files
    "the file is missing": "缺少该文件",
    "the file is empty": "文件为空",
    "is not a file": "不是文件",
    "is no plan": "不是计划",
    "cannot be read: {reason}": "无法读取：{reason}",
    "is no CSV: {reason}": "不是 CSV：{reason}",
    "is no YAML: {reason}": "不是 YAML：{reason}",
    "more than {limit} rows": "超过 {limit} 行",
    "more than {limit} columns": "超过 {limit} 列",
    "is neither UTF-8 nor GB18030 text": "既不是 UTF-8 也不是 GB18030 编码的文字",
    "Save it as UTF-8.": "请另存为 UTF-8。",
    "Save it as an Excel workbook (.xlsx).": "请另存为 Excel 工作簿（.xlsx）。",
    "Give a folder with plan.yaml, a .yaml file or an .xlsx workbook.": "请给出含 plan.yaml 的文件夹、.yaml 文件或 .xlsx 工作簿。",
    "there is no such file, folder or built-in plan": "没有该文件、文件夹或内置计划",
    "The built-in plans: {plans}.": "内置计划：{plans}。",
    "is no table of a plan": "不是计划的表",
    "is given here and in {file}": "此处与 {file} 中重复给出",
    "Keep one of them.": "请保留其中一处。",
    # overrides
    "is no path=value": "不是“路径=值”的形式",
    "For instance products.S1.margin=0.7.": "例如 products.S1.margin=0.7。",
    "there is no such figure": "没有该数值",
    "there is no scenario {name}": "没有名为 {name} 的情景",
    "The plan's scenarios: {listed}.": "计划中的情景：{listed}。",
    "{here} has no key {step}": "{here} 没有键 {step}",
    "{here} has no entry {step}": "{here} 没有 {step} 这一项",
    "cannot be overridden": "不能改动",
    "touched twice: by {one} and by {other}": "被改动两次：{one} 和 {other}",
    # runs and commands
    "there is no run {name} in {folder}": "{folder} 中没有运行记录 {name}",
    "there is no run {name} in {folder}; newest: {newest}": "{folder} 中没有运行记录 {name}；最新的有：{newest}",
    "there is no run in {folder}": "{folder} 中没有运行记录",
    "{name} is no saved run: it has no manifest.json": "{name} 不是运行记录：缺少 manifest.json",
    "{name} is damaged: {file} cannot be read ({reason})": "{name} 已损坏：无法读取 {file}（{reason}）",
    "{name} was saved by a newer version (format {found}; this one reads {known})": "{name} 由更新的版本保存"
    "（格式 {found}；本版本读取 {known}）",
    "{name} was saved by an older version (format {found}; this one reads {known})": "{name} 由较旧的版本保存"
    "（格式 {found}；本版本读取 {known}）",
    "{name} decided no quotas ({study}); letters are made of a run or of an allocation": "{name} 没有分解销售指标（{study}）；"
    "目标责任书须由 run 或 allocate 的运行记录生成",
    "the plan has no {kind} {ids}; known: {known}": "计划中没有 {kind} {ids}；可用的有：{known}",
    "no risk {risk} in the plan; there are: {known}": "计划中没有风险 {risk}；可用的有：{known}",
    "no contingency plan {plan} in the plan; there are: {known}": "计划中没有应急预案 {plan}；可用的有：{known}",
    "{strike}: the quarter has weeks 1 to {weeks}": "{strike}：本季度为第 1 至 {weeks} 周",
    "risk {risk} is not in play; in play: {known}": "风险 {risk} 未计入；已计入的有：{known}",
    "there is no repair {n}; there are {of}": "没有第 {n} 项调整建议；共有 {of} 项",
    "the plan has an allocation; there is nothing to repair": "该计划有可行方案，无需调整",
    **REFUSALS,
}
