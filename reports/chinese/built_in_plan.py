"""Chinese of what the built-in plan says in words: its rules, phases, uncertainties, scenarios, owners and sources.

Its names stand in both languages already. Figures of a rule's sentence are blanks, since a setting changes them.
"""

from __future__ import annotations

__all__ = ["MESSAGES", "SENTENCES", "TEXTS"]

SENTENCES: dict[str, str] = {}

MESSAGES: dict[str, str] = {
    # rules
    "Growth and emerging regions get at least {share} of the market-activity money spent.": "成长和新兴区域至少占市场活动支出的 {share}。",
    "In growth and emerging regions most of it goes to salons and visits to reference customers.": "其中大部分用于沙龙和标杆客户参访。",
    "The collection bonus is {share} of the incentive pool.": "回款奖占激励奖金池的 {share}。",
    "The incentive pool of {amount} is assigned in full.": "激励奖金池 {amount} 全部安排。",
    "Each region gets incentives in proportion to its base and growth.": "各区域的激励按其基数和增长率的比例安排。",
    "The renewal bonus is {share} of the incentive pool; the signing bonus is what remains.": "续约奖占激励奖金池的 {share}，其余为签约奖。",
    "Trips to {tier} customers get at least {share} of travel money.": "{tier} 类客户差旅至少占差旅费的 {share}。",
    "Trips to {tier} customers get {share} of travel money.": "{tier} 类客户差旅占差旅费的 {share}。",
    "Travel money of {amount} is assigned in full.": "差旅费 {amount} 全部安排。",
    "Travel money goes to East, South, Central, Southwest and Northwest as {a} to {b} to {c} to {d} to {e}.": "差旅费按华东、华南、华中、西南、西北 {a}:{b}:{c}:{d}:{e} 安排。",
    "Potential products carry {share} of all quotas.": "潜力产品占全部销售指标的 {share}。",
    "Star products carry {share} of all quotas.": "明星产品占全部销售指标的 {share}。",
    "Each region carries the quotas in proportion to its base and growth.": "各区域的销售指标按其基数和增长率的比例下达。",
    "A growth region runs at most {n} salons a week.": "成长区域每周最多办 {n} 场沙龙。",
    "Central runs at least {n} salon a week.": "华中每周至少办 {n} 场沙龙。",
    "Southwest runs at least {n} salon a week.": "西南每周至少办 {n} 场沙龙。",
    "Emerging regions host at least {n} visits to showcase customers.": "新兴区域至少组织 {n} 次标杆客户参访。",
    "A rep's quota is {top} (top), {core} (core) or {new} (new) times the target per head.": "个人销售指标为人均目标的 {top} 倍（top）、{core} 倍（core）或 {new} 倍（new）。",
    "A rep's quota is at most {top} (top), {core} (core) or {new} (new) times the target per head.": "个人销售指标至多为人均目标的 {top} 倍（top）、{core} 倍（core）或 {new} 倍（new）。",
    "A rep's quota is at least {top} (top), {core} (core) or {new} (new) times the target per head.": "个人销售指标至少为人均目标的 {top} 倍（top）、{core} 倍（core）或 {new} 倍（new）。",
    "Quotas add up to {share} of the company target.": "销售指标合计为公司季度目标的 {share}。",
}
"""Sentences of rules, wherever a page quotes them."""

TEXTS: dict[str, str] = {
    "sales director": "销售总监",
    "marketing manager": "市场经理",
    "regional manager": "区域经理",
    "HR": "人力资源",
    # the plan, its phases and scenarios
    "same quarter last year (14.8 M)": "去年同期（1,480万）",
    'A fictitious mid-size company. The target asks 21.6% more than the same quarter last year. Nothing here is measured: figures were chosen to fit together; the section "assumptions" says which rest on a source.': "虚构的中型企业。季度目标比去年同期高 21.6%。数字均非实测，只求彼此吻合；哪些有来源见 assumptions。",
    "27 September to 3 October: closing of the books, hand-over to the next quarter's plan, National Day from 1 October. What is signed in it is not counted.": "9月27日至10月3日：结账、衔接下季度计划，10月1日起国庆。其间签约不计入。",
    "Personal Target Commitments signed by all 20 reps": "20 名销售人员全部签订个人目标承诺书",
    "Customers graded, Key Customer Battle Sheet approved by the supervisor": "完成客户分级，重点客户攻坚表经主管批准",
    "Attack day held every week, with 3 effective conversations and 1 proposal iteration per rep (reading)": "每周举行攻坚日，每人 3 次有效沟通、1 次方案修订（本模型的解读）",
    "Customer Needs Response List issued after every Thursday meeting": "每次周四会后发布客户需求响应清单",
    "No red light older than a week without an entry in the Weekly Optimisation Action List": "红灯超过一周的，均已列入每周优化行动清单",
    "Collection Progress Table every week": "每周更新回款进度表",
    "Customers about to expire get the service report and next year's plan": "即将到期的客户收到服务报告和次年方案",
    "Quarterly Sales Battle Manual handed to the next quarter's training": "季度销售实战手册交付下季度培训",
    "M3, the only upside event of the source. Long-tail products, the residual of T1, fall to 25%.": "M3，原计划中唯一的利好事件。长尾产品（T1 的余项）降至 25%。",
    "18 salons each, of which 12 have full effect. Their reps' hours are short already: more salons, or more hands?": "各 18 场沙龙，其中 12 场有完整效果。当地销售工时本已紧张：加办沙龙，还是加人？",
    "T5, reading (b).": "T5，解读 (b)。",
    "T5, reading (c).": "T5，解读 (c)。",
    "True chance of a price war": "价格战的真实概率",
    "True rep turnover, 15 to 36% a year against 25%": "真实人员流动率，年 15% 至 36%（计划 25%）",
    "Common state of the market": "市场总体状况",
    "True win rate of {tier} customers": "{tier} 类客户的真实赢单率",
    # sources
    "{rule}; effect assumed": "{rule}；效果为假设",
    "{rule}; effects assumed": "{rule}；效果为假设",
    "assumed": "假设",
    "assumed; {rules}": "假设；{rules}",
    "source plan": "原计划",
    "source plan, {rule}": "原计划，{rule}",
    "not in the source plan": "原计划中没有",
    "no source found": "未找到来源",
    "vendor guides": "厂商资料",
}
"""What else a workbook of the plan says in words."""
